// Shows what /events says. Whatever comes from there goes into the page as text, never as markup.

const at = (id) => document.getElementById(id);
const put = (id, text) => {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
};
const WORDS = { running: "running", done: "succeeded", failed: "failed", interrupted: "interrupted" };

function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

// Rows are kept from one document to the next, so that a selection or the focus stays where it is.
function rows(parent, items, key, create, fill) {
  const kept = new Map([...parent.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const name = String(key(item));
    let row = kept.get(name);
    if (!row) {
      row = create(item);
      row.dataset.key = name;
    }
    kept.delete(name);
    fill(row, item);
    if (parent.children[index] !== row) parent.insertBefore(row, parent.children[index] ?? null);
  });
  kept.forEach((row) => row.remove());
}

// A row of a table; the first cell is its header. `n`: a number.
const cells = (...classes) => () =>
  make("tr", "", ...classes.map((name, index) => {
    const cell = make(index === 0 ? "th" : "td", name);
    if (index === 0) cell.scope = "row";
    return cell;
  }));

function fill(row, ...texts) {
  texts.forEach((text, index) => {
    const cell = row.children[index];
    if (text !== null && cell.textContent !== text) cell.textContent = text;
  });
}

function bar(cell, label, part) {
  let progress = cell.querySelector("progress");
  if (!progress) {
    progress = make("progress");
    progress.max = 100;
    cell.append(progress, make("span", "of"));
  }
  progress.setAttribute("aria-label", label);
  progress.value = part;
  cell.lastChild.textContent = `${Math.floor(part)} %`;
}

function showEnds(status) {
  put("command", status.command);
  for (const side of ["source", "target"]) {
    const end = status[side];
    put(side, shown(end.address));
    const version = end.server_version ? `PostgreSQL ${shown(end.server_version)}` : "";
    put(`${side}-note`, end.is_up === false ? "does not answer" : version);
    at(`${side}-note`).classList.toggle("bad", end.is_up === false);
  }
  const run = status.run_id ? ` · run ${status.run_id}` : "";
  put("footer", `pgmigrate ${status.tool_version}${run} · began ${status.started_at}`);
}

function showState(status) {
  at("state").dataset.state = status.state;
  put("state", WORDS[status.state]);
  const result = status.result;
  at("result").hidden = !result;
  if (!result) return;
  at("result").dataset.state = status.state;
  put("result-title", `${WORDS[status.state].replace(/^./, (c) => c.toUpperCase())} after ${duration(status.seconds)}, exit code ${result.exit_code}.`);
  put("result-message", shown(result.message ?? ""));
  at("result-hint").hidden = !result.hint;
  put("result-hint", result.hint ? `Hint: ${shown(result.hint)}` : "");
}

// How much is behind us: of the rows by the estimate of their bytes, of a comparison by what was read.
function overall(status) {
  const { copy, verify } = status;
  if (verify) {
    const sum = (field) => verify.source[field] + verify.target[field];
    return percent(sum("queries_done"), sum("queries"));
  }
  if (!copy) return status.state === "done" ? 100 : null;
  // Rows that are sent are not yet committed.
  const most = status.tables.copying + status.tables.waiting > 0 ? 99.9 : 100;
  if (copy.bytes_estimated > 0) return Math.min(most, percent(copy.bytes_estimated_done, copy.bytes_estimated));
  const sum = (field) => status.steps.reduce((all, steps) => all + steps[field], 0);
  return percent(sum("done"), sum("total"));
}

function showOverall(status) {
  const part = overall(status);
  const text = part === null ? "–" : part >= 100 ? "100 %" : `${part.toFixed(1)} %`;
  put("percent", text);
  const progress = at("overall");
  if (part === null) progress.removeAttribute("value");
  else progress.value = part;
  document.title = `${status.state === "running" ? text : WORDS[status.state]} · pgmigrate`;
  const phase = status.phases.find((phase) => phase.state === "running");
  const { copy, verify } = status;
  const left = copy?.remaining_seconds;
  const parts = [];
  if (copy) parts.push(part >= 100 ? "all rows are copied" : "of the rows, by their estimated size");
  if (verify) parts.push("of the queries that compare rows");
  if (left > 0) parts.push(`about ${duration(left)} left for them`);
  if (phase && part >= 100) parts.push(`now in ${phase.name}`);
  put("summary", parts.join(", "));
  const steps = (field) => status.steps.reduce((all, steps) => all + steps[field], 0);
  const figures = [["Elapsed", duration(status.seconds)]];
  if (copy) {
    figures.push(["Rows", count(copy.rows_done)], ["Bytes", part >= 100 ? bytes(copy.bytes_done) : `${bytes(copy.bytes_done)} of about ${bytes(copy.bytes_estimated)}`]);
    figures.push([status.state === "running" ? "Speed" : "Speed, average", `${bytes(copy.bytes_per_second)}/s, ${count(copy.rows_per_second)} rows/s`]);
    figures.push(["Tables", `${count(status.tables.done)} of ${count(status.tables.total)}`]);
    figures.push(["Steps", `${count(steps("done"))} of ${count(steps("total"))}${steps("failed") ? `, ${count(steps("failed"))} failed` : ""}`]);
  }
  if (verify) figures.push(["Read", `${bytes(verify.source.bytes_done + verify.target.bytes_done)} of about ${bytes(verify.source.bytes_estimated + verify.target.bytes_estimated)}`]);
  const create = () => make("div", "", make("dt"), make("dd"));
  rows(at("figures"), figures, ([name]) => name.split(",")[0], create, fillFigure);
  const states = { waiting: "to come", running: "under way", done: "done", stopped: "stopped" };
  const createPhase = () => make("li", "", make("span", "name"), make("span", "time"), make("span", "unseen"));
  rows(at("phases"), status.phases, (phase) => phase.name, createPhase, (item, phase) => {
    item.dataset.state = phase.state;
    if (phase.state === "running") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    fill(item, phase.name, phase.state === "waiting" ? "–" : duration(phase.seconds), `, ${states[phase.state]}`);
  });
}

const fillFigure = (item, [name, value]) => fill(item, name, value);

function showBottleneck(status) {
  const waits = status.bottleneck;
  const over = status.state !== "running";
  const verdicts = { source: "The source is the slower side.", target: "The target is the slower side." };
  let verdict = waits ? verdicts[waits.side] ?? "Neither side holds the other up." : "No lane is at work.";
  if (over && waits) verdict = verdict.replace("is the", "was the").replace("holds", "held");
  if (status.lanes.length === 0 && !waits) verdict = status.verify ? "Nothing is copied by this command." : "No lane is open.";
  put("verdict", verdict);
  for (const side of ["source", "target"]) {
    const part = waits ? waits[`${side}_wait_share`] : 0;
    at(`${side}-wait`).value = part;
    put(`${side}-wait-text`, waits ? share(part) : "–");
    at(`${side}-wait`).classList.toggle("slow", waits?.side === side);
  }
  put("bottleneck-text", `Share of the lanes’ time ${over ? "of the whole run" : "in the last seconds"}.`);
}

function waiting(waits) {
  if (!waits) return "";
  const [side, part] = waits.source_wait_share >= waits.target_wait_share
    ? ["source", waits.source_wait_share] : ["target", waits.target_wait_share];
  return part < 0.01 ? "neither" : `${side} ${share(part)}`;
}

const chunk = (task) => (task.steps > 1 ? `+ ${plural(task.steps - 1, "table")}` : task.step.match(/:(\d+)$/)?.[1] ?? "");

function showLanes(status) {
  at("lanes-panel").hidden = status.lanes.length === 0;
  const busy = status.lanes.filter((lane) => lane.task).length;
  const over = status.state !== "running";
  put("lanes-note", over ? "the whole run" : `${busy} of ${status.lanes.length} at work`);
  rows(at("lanes"), status.lanes, (lane) => lane.lane, cells("", "name now-only", "now-only", "", "n", "n", "n", "n now-only"), (row, lane) => {
    const task = lane.task;
    row.classList.toggle("idle", !task);
    fill(row, String(lane.lane), task ? shown(task.object) : "idle", task ? chunk(task) : "", task || over ? waiting(lane.waits) : "",
      `${bytes(lane.bytes_per_second)}/s`, bytes(lane.bytes_done), count(lane.rows_done), task ? duration(task.seconds) : "");
  });
  for (const column of document.querySelectorAll(".now-only")) column.hidden = over;
}

function showRunning(status) {
  const { running } = status;
  at("running-panel").hidden = !status.copy || status.state !== "running";
  at("running").closest(".scroll").hidden = running.length === 0;
  at("running-none").hidden = running.length > 0;
  put("running-note", running.length ? `${running.length} under way` : "");
  rows(at("running"), running, (task) => task.step, cells("name", "", "n", "n"), (row, task) => {
    const object = shown(task.object) + (task.steps > 1 ? ` and ${count(task.steps - 1)} more` : "");
    fill(row, object, task.kind, task.bytes_estimated ? bytes(task.bytes_estimated) : "", duration(task.seconds));
  });
}

function showTables(status) {
  const { tables } = status;
  at("tables-panel").hidden = tables.total === 0;
  const parts = ["copying", "done", "waiting", "failed"].filter((state) => tables[state] > 0);
  put("tables-note", parts.map((state) => `${count(tables[state])} ${state}`).join(", "));
  const more = tables.total - tables.listed.length;
  put("tables-more", more > 0 ? `And ${plural(more, "table")} more: those being copied and the largest are shown.` : "");
  rows(at("tables"), tables.listed, (table) => table.name, cells("name", "state", "bar", "n", "n", "n"), (row, table) => {
    row.dataset.state = table.state;
    const estimate = table.state === "done" ? "" : ` of ${bytes(table.bytes_estimated)}`;
    fill(row, shown(table.name), table.state, null, bytes(table.bytes_done) + estimate, count(table.rows_done),
      `${count(table.chunks_done)} of ${count(table.chunks)}`);
    // An estimate can be below what is really there.
    const part = table.bytes_estimated > 0 ? percent(table.bytes_estimated_done, table.bytes_estimated) : 0;
    bar(row.children[2], shown(table.name), table.state === "done" ? 100 : Math.min(99, part));
  });
}

function showDatabases(status) {
  const databases = status.databases ?? [];
  at("databases-panel").hidden = databases.length === 0;
  const done = databases.filter((database) => database.state === "done").length;
  put("databases-note", `${count(done)} of ${count(databases.length)} done`);
  rows(at("databases"), databases, (database) => database.name, cells("name", "state", "bar", "n", "n"), (row, database) => {
    const over = database.state === "done";
    row.dataset.state = { running: "copying", interrupted: "failed" }[database.state] ?? database.state;
    const estimate = over ? "" : ` of ${bytes(database.bytes_estimated)}`;
    fill(row, shown(database.name), database.phase ?? database.state, null, bytes(database.bytes_done) + estimate, count(database.rows_done));
    const part = database.bytes_estimated > 0 ? percent(database.bytes_estimated_done, database.bytes_estimated) : 0;
    bar(row.children[2], shown(database.name), over ? 100 : Math.min(99, part));
  });
}

function showSteps(status) {
  at("steps-panel").hidden = status.steps.length === 0;
  rows(at("steps"), status.steps, (steps) => steps.kind, cells("", "n", "n", "n", "n"), (row, steps) => {
    row.classList.toggle("bad", steps.failed > 0);
    const skipped = steps.skipped ? ` + ${count(steps.skipped)} before` : "";
    fill(row, steps.kind, count(steps.done) + skipped, count(steps.total), count(steps.running), count(steps.failed));
  });
  const retries = Object.entries(status.retries).filter(([, number]) => number > 0);
  put("retries", retries.length ? `Tried again: ${retries.map(([reason, number]) => `${reason} ${count(number)}`).join(", ")}.` : "No step had to be tried again.");
}

function showVerify(status) {
  const { verify } = status;
  at("verify-panel").hidden = !verify;
  if (!verify) return;
  rows(at("verify"), ["source", "target"], (side) => side, cells("", "n", "n", "n", "n"), (row, side) => {
    const { queries_done, queries, bytes_done, bytes_estimated } = verify[side];
    fill(row, side, count(queries_done), count(queries), bytes(bytes_done), bytes(bytes_estimated));
  });
  const differences = Object.entries(verify.differences).filter(([, number]) => number > 0);
  put("differences", differences.length ? `Differences: ${differences.map(([check, number]) => `${check} ${count(number)}`).join(", ")}.` : "No difference so far.");
}

function showMessages(status) {
  const { messages } = status;
  at("messages").hidden = messages.length === 0;
  at("messages-none").hidden = messages.length > 0;
  put("messages-note", messages.length ? `the last ${count(messages.length)}` : "");
  const seen = new Map();
  const key = (message) => {
    const name = `${message.at} ${message.text}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return `${name} ${seen.get(name)}`;
  };
  const create = () => make("li", "", make("time"), make("span", "level"), make("bdi"));
  // The newest on top.
  rows(at("messages"), [...messages].reverse(), key, create, (item, message) => {
    item.dataset.level = message.level;
    item.firstChild.dateTime = message.at;
    fill(item, message.at.slice(11, 19), message.level, shown(message.text));
  });
}


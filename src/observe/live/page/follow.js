// Follows /events, and says whether it does.

// Only what changes seldom is read out: phases, the end, the connection.
let announced = "";
function announce(text) {
  if (text && text !== announced) at("announcer").textContent = announced = text;
}

let last = null;
function show(status) {
  last = status;
  showEnds(status);
  showState(status);
  showOverall(status);
  showBottleneck(status);
  showLanes(status);
  showRunning(status);
  showDatabases(status);
  showTables(status);
  showSteps(status);
  showVerify(status);
  showMessages(status);
  redraw();
  const phase = status.phases.find((phase) => phase.state === "running");
  announce(status.result ? at("result-title").textContent : phase && `Phase ${phase.name}`);
}

function redraw() {
  if (!last) return;
  drawChart(last.history, last.state !== "running");
  put("chart-text", describeChart(last.history));
  const rate = last.history.bytes_per_second.at(-1);
  put("chart-now", last.state === "running" && rate !== undefined ? `${bytes(rate)}/s` : "");
}

function connection(text) {
  at("connection").hidden = !text;
  put("connection", text);
  announce(text);
}

function connect() {
  const events = new EventSource("/events");
  events.addEventListener("status", (event) => {
    connection("");
    show(JSON.parse(event.data));
  });
  events.addEventListener("end", () => {
    events.close();
    const text = "pgmigrate has ended; these are its last figures.";
    at("connection").hidden = false;
    put("connection", text);
    if (!last?.result) announce(text);
  });
  events.addEventListener("error", () => {
    connection(last ? "Disconnected: these are the last figures. Trying again …" : "Cannot connect. Trying again …");
    // Refused for good (too many look at once): the browser gives up, we do not.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  });
}

new ResizeObserver(redraw).observe(at("chart"));
connect();

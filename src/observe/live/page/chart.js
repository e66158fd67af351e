// The throughput of the last minutes as an area, drawn anew with every document.

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// A round number at or above the largest value: 1, 2 or 5 times a power of ten.
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
}

function drawChart(history, isOver) {
  const chart = document.getElementById("chart");
  const { width, height } = chart.getBoundingClientRect();
  if (width === 0) return;
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const left = 62, right = 4, top = 8, bottom = 20;
  const points = history.bytes_per_second;
  // A run that has just begun does not hang on the right edge of five empty minutes.
  const seconds = Math.max(30, (points.length - 1) * history.seconds_apart);
  const highest = ceiling(Math.max(...points, 0));
  const x = (age) => width - right - ((width - left - right) * age) / seconds;
  const y = (value) => top + (height - top - bottom) * (1 - value / highest);
  const parts = [];
  for (const value of [0, highest / 2, highest]) {
    parts.push(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    parts.push(svg("text", { class: "tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, `${bytes(value)}/s`));
  }
  const step = [10, 30, 60, 120].find((step) => (seconds / step) * 70 < width - left) ?? 300;
  for (let age = 0; age <= seconds; age += step) {
    const anchor = age === 0 ? "end" : "middle";
    const text = age === 0 ? (isOver ? "end" : "now") : `−${duration(age).replace(" min 00 s", " min")}`;
    if (x(age) > left + 12) parts.push(svg("text", { class: "tick", x: x(age), y: height - 4, "text-anchor": anchor }, text));
  }
  if (points.length > 1) {
    const at = (value, index) => `${x((points.length - 1 - index) * history.seconds_apart).toFixed(1)},${y(value).toFixed(1)}`;
    const line = points.map(at).join(" L");
    const first = x((points.length - 1) * history.seconds_apart).toFixed(1);
    parts.push(svg("path", { class: "area", d: `M${first},${y(0)} L${line} L${x(0)},${y(0)} Z` }));
    parts.push(svg("path", { class: "line", d: `M${line}` }));
  }
  chart.replaceChildren(...parts);
}

// The same in words.
function describeChart(history) {
  const points = history.bytes_per_second;
  if (points.length === 0) return "Nothing was measured yet.";
  const mean = points.reduce((sum, point) => sum + point, 0) / points.length;
  const span = duration(points.length * history.seconds_apart);
  return `Last ${span}: ${bytes(mean)}/s on average, ${bytes(Math.max(...points))}/s at most.`;
}

// How numbers and names look: as on the terminal.

function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  if (count < 1000) return `${Math.round(count)} B`;
  let unit = 0;
  while (count >= 999.5 && unit + 1 < units.length) {
    count /= 1000;
    unit += 1;
  }
  return `${count.toFixed(count < 9.995 ? 2 : count < 99.95 ? 1 : 0)} ${units[unit]}`;
}

const count = (number) => Math.round(number).toLocaleString("en-US");

function duration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

const share = (part) => `${Math.round(part * 100)} %`;

// 100 only when all is done.
const percent = (part, total) => (total === 0 || part >= total ? 100 : Math.min(99.9, (100 * part) / total));

const plural = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`;

// Names come from the servers: what would turn the direction of text, or cannot be seen, is written out.
const shown = (text) =>
  text.replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

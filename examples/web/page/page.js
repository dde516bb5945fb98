// The page: reads or simulates a trial, plays it, and says what it shows. All numbers come from the Rust side.
import init, { Draft, Player } from "./pkg/copeak_web.js";

const $ = (id) => document.getElementById(id);
const SHOWN_S = 1.2; // of curves
const REACH_MS = 80; // of the chart of lags, either way
const NAMES = { support_hip: "Support hip", swing_hip: "Swing hip", support_arm: "Support arm", opposite_arm: "Opposite arm", trunk: "Trunk" };
const name = (id) => NAMES[id] ?? id;

let player = null, trial = null;
let steps = [], time = 0, playing = false, before = null, colours = [];
const timing = { frames: [], analysis: [] }; // for those who measure

const percent = (x, digits = 0) => `${(100 * x).toFixed(digits)} %`;
const ms = (x) => `${Math.round(1e3 * x)} ms`;
const about = (mean) => (mean.approximate ? ", approximate" : "");

function interval(mean, show) {
  if (!mean) return steps.length ? "not defined" : "no step yet";
  const strides = `${mean.n} ${mean.n === 1 ? "stride" : "strides"}`;
  return mean.ci ? `${show(mean.ci[0])} to ${show(mean.ci[1])} (95 %, ${strides}${about(mean)})` : `no interval yet (${strides})`;
}

function lateness(mean) {
  if (!mean) return "–";
  const shown = Math.abs(Math.round(1e3 * mean.value));
  const way = shown === 0 ? "in the middle" : `${shown} ms ${mean.value > 0 ? "late" : "early"}`;
  if (!mean.ci) return `${way}, no interval yet`;
  const [low, high] = mean.ci.map((x) => { const v = Math.round(1e3 * x); return v > 0 ? `+${v}` : String(v).replace("-", "−"); });
  return `${way} [${low}, ${high}]${mean.ci[0] <= 0 && mean.ci[1] >= 0 ? ": cannot tell" : ""}`;
}

function show(made) {
  player?.free();
  player = made;
  trial = JSON.parse(player.description());
  const simulated = trial.simulated ? "A simulated sprinter, nobody's recording" : trial.name;
  $("trial").textContent = simulated;
  const missing = trial.absent.length ? ` Not in it: ${trial.absent.map((a) => name(a).toLowerCase()).join(", ")}.` : "";
  const late = trial.simulated ? " Both arms and the trunk were made to come later than usual, the opposite arm most." : "";
  const methods = [...new Set(trial.contacts.map((c) => c.method))].join(" and ");
  $("about").textContent = `${trial.contributors.length} contributors, ${trial.contacts.length} contacts (${methods}), ${trial.rate_hz.toFixed(0)} frames a second.${missing}${late}`;
  $("time").min = trial.span_s[0];
  $("time").max = trial.span_s[1];
  for (const id of ["play", "start", "time"]) $(id).disabled = false;
  makeLags();
  showWhole();
  toStart();
}

async function load(make, waiting) {
  pause();
  $("error").hidden = true;
  $("trial").textContent = waiting;
  await new Promise((done) => setTimeout(done, 30)); // so that the words are seen
  try {
    show(await make());
    say(`${$("trial").textContent}. Ready to play.`);
  } catch (error) {
    if (trial) $("trial").textContent = trial.simulated ? "A simulated sprinter, nobody's recording" : trial.name;
    $("error").textContent = error.message;
    $("error").hidden = false;
  }
}

const sprinter = () => load(() => Player.sprinter(), "Simulating…");
const open = (file) => load(async () => {
  try {
    return await read(file.name, new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    throw new Error(`${file.name} cannot be used: ${error.message}.`);
  }
}, `Reading ${file.name}…`);

async function read(called, bytes) {
  const ending = called.split(".").pop().toLowerCase();
  if (ending === "csv") return Player.csv(called, bytes);
  if (ending !== "c3d") throw new Error("only CSV and C3D files can be read here");
  const reader = await import("./pkg/copeak_web_c3d.js");
  await reader.default();
  const channels = reader.Channels.read(bytes);
  const draft = new Draft(called);
  for (let i = 0; i < channels.count(); i++) {
    draft.channel(channels.name(i), channels.unit(i), channels.rate_hz(i), channels.start_s(i), channels.samples(i));
  }
  channels.free();
  return Player.of(draft);
}

function goTo(wanted) {
  const back = wanted < time;
  if (back) {
    player.rewind();
    steps = [];
  }
  time = wanted;
  const started = performance.now();
  const more = JSON.parse(player.play_to(time));
  // Of a jump over many steps each has its share.
  if (more.length) timing.analysis.push((performance.now() - started) / more.length);
  steps.push(...more);
  if (more.length || back) results();
  draw();
  if (more.length && playing && steps.length % 6 === 0) say(summary());
}

function toStart() {
  player.rewind();
  steps = [];
  time = trial.span_s[0];
  results();
  draw();
}

function play() {
  if (!player) return;
  if (time >= trial.span_s[1]) toStart();
  playing = true;
  before = null;
  $("play").textContent = "Pause";
  requestAnimationFrame(frame);
}

function pause() {
  if (playing) say(`Paused. ${summary()}`);
  playing = false;
  $("play").textContent = "Play";
}

function frame(now) {
  if (!playing) return;
  if (before !== null) {
    timing.frames.push(now - before);
    const speed = Number($("speed").value);
    goTo(Math.min(time + (speed * Math.min(now - before, 100)) / 1e3, trial.span_s[1]));
    if (time >= trial.span_s[1]) {
      pause();
      say(`The end. ${summary()}`);
      return;
    }
  }
  before = now;
  requestAnimationFrame(frame);
}

function say(words) { $("said").textContent = words; }

function summary() {
  const last = steps.at(-1);
  if (!last?.mean_kappa || !last.mean_coincidence || !last.mean_spread_s) return "No step yet.";
  return `After ${last.number} steps: together ${percent(last.mean_coincidence.value)}, kappa ${last.mean_kappa.value.toFixed(2)}, spread ${ms(last.mean_spread_s.value)}.`;
}

function results() {
  const last = steps.at(-1);
  const set = (id, mean, one, many) => {
    $(id).textContent = mean ? one(mean.value) : "–";
    $(`${id}-interval`).textContent = interval(mean, many ?? one);
  };
  set("coincidence", last?.mean_coincidence, (x) => percent(x));
  set("kappa", last?.mean_kappa, (x) => x.toFixed(2));
  set("spread", last?.mean_spread_s, ms);
  trial.contributors.forEach((_, i) => {
    const mean = last?.mean_lags_s[i];
    $(`lag-${i}`).textContent = lateness(mean);
    $(`chart-${i}`).innerHTML = lagChart(i, mean);
  });
  trend();
}

function makeLags() {
  $("lags").innerHTML = trial.contributors.map((id, i) => `<tr><th scope="row"><span class="key" style="background:var(--c${i % 5})"></span>${name(id)}</th>
    <td class="chart"><svg id="chart-${i}" aria-hidden="true"></svg></td><td id="lag-${i}">–</td></tr>`).join("");
}

function lagChart(i, mean) {
  // In per cent of the width.
  const x = (s) => 50 + (Math.max(-REACH_MS, Math.min(REACH_MS, 1e3 * s)) * 48) / REACH_MS;
  const colour = `var(--c${i % 5})`;
  const dots = steps.filter((s) => s.lags_s[i] !== null)
    .map((s) => `<circle cx="${x(s.lags_s[i]).toFixed(2)}%" cy="${s.number % 2 ? 13 : 23}" r="2.5" fill="${colour}" opacity=".35"/>`).join("");
  const bar = mean?.ci ? `<rect x="${x(mean.ci[0])}%" y="15" width="${Math.max(x(mean.ci[1]) - x(mean.ci[0]), 0.4)}%" height="6" rx="3" fill="${colour}"/>` : "";
  const dot = mean ? `<circle cx="${x(mean.value)}%" cy="18" r="5.5" fill="${colour}" stroke="var(--card)" stroke-width="1.5"/>` : "";
  return `<line x1="2%" x2="98%" y1="18" y2="18" stroke="var(--line)"/><line x1="50%" x2="50%" y1="4" y2="32" stroke="var(--soft)"/>${dots}${bar}${dot}`;
}

function showWhole() {
  const whole = trial.whole;
  $("notes").innerHTML = "";
  for (const note of trial.notes.concat("p asks whether random fixed offsets would do as well. One runner has one set of offsets, so it does not shrink with steps.")) {
    $("notes").appendChild(document.createElement("li")).textContent = note;
  }
  if (!whole) {
    $("whole").textContent = "No step can be used: see the cautions.";
    return;
  }
  const lines = [];
  if (whole.kappa) {
    lines.push(`Over ${whole.steps} steps kappa is ${whole.kappa.value.toFixed(2)} (${whole.kappa.ci ? `${whole.kappa.ci.map((v) => v.toFixed(2)).join(" to ")}, 95 %${about(whole.kappa)}` : "too few strides for an interval"}), model joint.`);
  }
  if (whole.p !== null) {
    lines.push(whole.p <= 0.05 ? `Random fixed offsets would do as well only rarely (p ${whole.p.toFixed(3)}).` : `Random fixed offsets would do as well in ${percent(whole.p)} of cases (p ${whole.p.toFixed(2)}): chance is not ruled out.`);
  }
  const sure = whole.links.filter((link) => link.confirmed);
  if (sure.length) {
    for (const { contributor, shift_s, gain } of sure.slice(0, 2)) {
      lines.push(`${name(trial.contributors[contributor])}: ${ms(Math.abs(shift_s))} ${shift_s < 0 ? "earlier" : "later"} would add ${percent(gain.value, 1)} to the sum${gain.ci ? ` (${percent(gain.ci[0], 1)} to ${percent(gain.ci[1], 1)})` : ""}. Possible, not promised.`);
    }
  } else {
    lines.push("Which contributor costs most cannot be told from these strides.");
  }
  $("whole").innerHTML = "";
  for (const line of lines) $("whole").appendChild(document.createElement("p")).textContent = line;
}

// Drawing.

function fit(canvas) {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = Number(canvas.getAttribute("height-css") ?? canvas.height);
  if (!canvas.hasAttribute("height-css")) {
    canvas.setAttribute("height-css", height);
    canvas.style.height = `${height}px`;
  }
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return [pen, width, height];
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  const of = (variable) => style.getPropertyValue(variable).trim();
  colours = { lines: [0, 1, 2, 3, 4].map((i) => of(`--c${i}`)), ink: of("--ink"), soft: of("--soft"), line: of("--line"), ground: of("--ground"), card: of("--card") };
}

function draw() {
  if (!player) return;
  const [pen, width, height] = fit($("curves"));
  const k = trial.contributors.length, lane = (height - 22) / k, to = Math.max(time, trial.span_s[0] + SHOWN_S), from = to - SHOWN_S;
  const x = (t) => ((t - from) / SHOWN_S) * width, points = Math.min(300, Math.round(width / 3));
  pen.font = "12px system-ui, sans-serif";
  for (const contact of trial.contacts) {
    const [a, b] = contact.from_to_s;
    if (b < from || a > time) continue;
    const end = Math.min(b, time);
    pen.fillStyle = colours.ground;
    pen.fillRect(x(a), 0, x(end) - x(a), height - 18);
    pen.fillStyle = colours.soft;
    if (x(end) - x(a) > 30) pen.fillText(contact.side === "l" ? "left" : "right", x(a) + 3, height - 4);
  }
  const values = player.drives(from, to, points);
  trial.contributors.forEach((id, i) => {
    const base = (i + 1) * lane, colour = colours.lines[i % 5], y = (v) => base - v * (lane - 18);
    pen.strokeStyle = colours.line;
    pen.beginPath();
    pen.moveTo(0, base);
    pen.lineTo(width, base);
    pen.stroke();
    const path = new Path2D();
    let drawn = 0;
    for (let m = 0; m < points; m++) {
      const t = from + (SHOWN_S * m) / (points - 1), v = values[i * points + m];
      if (t > time || Number.isNaN(v)) continue;
      if (drawn++) path.lineTo(x(t), y(v));
      else path.moveTo(x(t), y(v));
    }
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.stroke(path);
    pen.lineWidth = 1;
    pen.fillStyle = colour;
    for (const step of steps.slice(-12)) {
      const at = step.peaks_s[i];
      if (at === null || at < from || at > time) continue;
      const m = Math.round(((at - from) / SHOWN_S) * (points - 1));
      const v = [m - 1, m, m + 1].map((n) => values[i * points + n]).filter((n) => n >= 0);
      if (!v.length) continue;
      pen.beginPath();
      pen.arc(x(at), y(Math.max(...v)), 4, 0, 7);
      pen.fill();
    }
    pen.font = "600 13px system-ui, sans-serif";
    const label = name(id), w = pen.measureText(label).width;
    pen.fillStyle = colours.card;
    pen.fillRect(4, base - lane + 3, w + 8, 18);
    pen.fillStyle = colour;
    pen.fillText(label, 8, base - lane + 16);
    pen.font = "12px system-ui, sans-serif";
  });
  $("time").value = time;
  $("time").setAttribute("aria-valuetext", `${(time - trial.span_s[0]).toFixed(1)} of ${(trial.span_s[1] - trial.span_s[0]).toFixed(1)} seconds`);
}

function trend() {
  const [pen, width, height] = fit($("trend"));
  const y = (v) => height - 4 - Math.max(-0.1, Math.min(1, v)) * (height - 10);
  pen.strokeStyle = colours.line;
  for (const level of [0, 1]) {
    pen.beginPath();
    pen.moveTo(0, y(level));
    pen.lineTo(width, y(level));
    pen.stroke();
  }
  const slots = Math.max(steps.length, 12);
  pen.fillStyle = colours.lines[0];
  steps.forEach((step, i) => {
    if (step.kappa === null) return;
    pen.beginPath();
    pen.arc(((i + 0.5) * width) / slots, y(step.kappa), 3.5, 0, 7);
    pen.fill();
  });
}

// Controls.

$("play").addEventListener("click", () => (playing ? pause() : play()));
$("start").addEventListener("click", () => { pause(); toStart(); });
$("sprinter").addEventListener("click", sprinter);
$("file").addEventListener("change", (event) => { const [file] = event.target.files; event.target.value = ""; if (file) open(file); });
$("time").addEventListener("input", (event) => { pause(); goTo(Number(event.target.value)); });
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("button, input, select, summary");
  if (event.ctrlKey || event.altKey || event.metaKey || !player) return;
  // A button that has the focus takes the space for itself; the slider and everything else leave it to the player.
  if (event.key === " " && (!busy || busy.type === "range")) {
    event.preventDefault();
    if (playing) pause();
    else play();
  } else if (event.key === "Home" && !busy) {
    event.preventDefault();
    pause();
    toStart();
  }
});

const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
function theme() {
  $("theme").textContent = dark() ? "Light" : "Dark";
  $("theme").setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
  palette();
  if (trial) { draw(); trend(); }
}
$("theme").addEventListener("click", () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; theme(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
new ResizeObserver(() => { if (trial) { draw(); trend(); } }).observe($("curves"));

for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
document.addEventListener("dragenter", () => { $("drop").hidden = false; });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").hidden = true; });
document.addEventListener("drop", (event) => { $("drop").hidden = true; const [file] = event.dataTransfer.files; if (file) open(file); });

theme();
await init();
await sprinter();
window.copeak = { Player, read, timing }; // for those who look inside

// The page in a browser: node drive.mjs SITE NATIVE SCREENSHOTS [FILE...]
// SITE is what is served; NATIVE says what must be found; FILEs are recordings to drop. Figures go to standard output as JSON.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(path.resolve(process.env.NODE_MODULES, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [site, native, screenshots, ...files] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const figures = {};
const log = (...words) => console.error(...words);
function must(holds, words) { if (!holds) throw new Error(words); }

// Static files on loopback.
const kinds = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm" };
const server = createServer((request, answer) => {
  const name = path.normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^\/$/, "/index.html");
  try {
    const body = readFileSync(path.join(site, name));
    answer.writeHead(200, { "content-type": kinds[path.extname(name)] ?? "application/octet-stream" }).end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${server.address().port}/`;

// The largest difference of two results and where it is, relative where values are large; all but numbers must be the same.
function apart(a, b, where = "") {
  if (typeof a === "number" && typeof b === "number") return [Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b)), where];
  if (a !== null && b !== null && typeof a === "object" && typeof b === "object") {
    const keys = Object.keys(a).sort();
    must(keys.join() === Object.keys(b).sort().join(), `${where}: ${keys} and ${Object.keys(b)}`);
    return keys.map((key) => apart(a[key], b[key], `${where}.${key}`)).reduce((most, one) => (one[0] > most[0] ? one : most), [0, where]);
  }
  must(a === b, `${where}: ${a} and ${b}`);
  return [0, where];
}

const profile = mkdtempSync(path.join(tmpdir(), "copeak-web-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  viewport: { width: 1180, height: 900 },
  colorScheme: "light",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("request", (request) => !request.url().startsWith(address) && !request.url().startsWith("data:") && wrong.push(`asks ${request.url()}`));
  const ready = () => page.waitForFunction(() => window.copeak && !document.getElementById("play").disabled, null, { timeout: 60_000 });
  await page.goto(address);
  await ready();

  // The same numbers as on the machine that built it.
  const everything = `(player) => {
    const description = JSON.parse(player.description());
    const steps = JSON.parse(player.play_to(Infinity));
    const drives = [...player.drives(...description.span_s, 500)].map((v) => (Number.isNaN(v) ? null : v));
    player.free();
    return { description, steps, drives };
  }`;
  figures.apart = {};
  const compare = (name, found, wanted) => {
    const [most, where] = apart(wanted, found, name);
    must(most <= 1e-12, `${where} is ${most} from native`);
    must(found.steps.length > 0, `${name}: no steps`);
    figures.apart[name] = most;
    log(`${name}: ${found.steps.length} steps, ${found.description.contributors.length} contributors, within ${most.toExponential(1)} of native`);
  };
  const here = (...command) => JSON.parse(execFileSync(native, command, { maxBuffer: 1 << 28 }));
  compare("sprinter", await page.evaluate(`(${everything})(window.copeak.Player.sprinter())`), here());
  for (const file of files) {
    const bytes = readFileSync(file).toString("base64");
    const found = await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (c) => c.charCodeAt(0));
      return (${everything})(await window.copeak.read(${JSON.stringify(path.basename(file))}, bytes));
    })()`);
    compare(path.basename(file), found, here(file));
  }

  // Smooth: frames of the browser and time of the analysis, while it plays. A machine that does something else meanwhile gets three tries,
  // of which all are told.
  figures.play = {};
  for (const speed of ["1", "0.5"]) {
    await page.selectOption("#speed", speed);
    const tries = [];
    const smooth = () => {
      const last = tries.at(-1);
      return last && last.frames_per_second > 59 && last.longest_analysis_ms < 5 && last.steps >= 8;
    };
    while (tries.length < 3 && !smooth()) {
      await page.click("#start");
      await page.evaluate(() => { window.copeak.timing.frames.length = 0; window.copeak.timing.analysis.length = 0; });
      await page.click("#play");
      await page.waitForTimeout(5000);
      await page.click("#play");
      const { frames, analysis } = await page.evaluate(() => window.copeak.timing);
      const mean = frames.reduce((a, b) => a + b, 0) / frames.length;
      const sorted = [...frames].sort((a, b) => a - b);
      tries.push({
        frames_per_second: 1e3 / mean, frames: frames.length, p95_ms: sorted[Math.floor(0.95 * frames.length)],
        steps: analysis.length, longest_analysis_ms: Math.max(...analysis),
      });
      const now = tries.at(-1);
      log(`speed ${speed}, try ${tries.length}: ${now.frames_per_second.toFixed(1)} frames/s (95 % within ${now.p95_ms.toFixed(1)} ms, ${now.frames} frames), analysis of a step at most ${now.longest_analysis_ms.toFixed(2)} ms (${now.steps} steps)`);
    }
    figures.play[speed] = tries;
    must(smooth(), `not smooth: ${JSON.stringify(tries)}`);
  }
  must((await page.textContent("#said")).startsWith("Paused. After"), "the pause is not said");

  // Screens, and what axe says of each.
  figures.violations = 0;
  const check = async (name) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document));
    must(violations.length === 0, `${name}: ${JSON.stringify(violations.map((v) => [v.id, v.nodes.map((n) => n.target)]))}`);
    const [wide, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    must(wide <= inner, `${name}: ${wide} pixels wide, ${inner} there`);
    await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
  };
  const seek = (share) => page.$eval("#time", (slider, share) => {
    slider.value = Number(slider.min) + share * (slider.max - slider.min);
    slider.dispatchEvent(new Event("input"));
  }, share);
  const text = (id) => page.textContent(`#${id}`);
  await seek(1);
  const whole = [await text("kappa"), await text("coincidence")];
  await seek(0.02);
  must((await text("kappa")) === "–" && (await text("coincidence")) === "–", "after going back, results of what comes later stay");
  await seek(1);
  must(/\d/.test(whole[0]) && [await text("kappa"), await text("coincidence")].join() === whole.join(), "the end is not as before");
  await seek(0.8);
  await check("desktop");
  await page.emulateMedia({ colorScheme: "dark" });
  await check("dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await check("phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await check("phone");
  await page.setViewportSize({ width: 1180, height: 900 });

  // By keyboard alone.
  await page.reload();
  await ready();
  const order = [];
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName.toLowerCase()));
  }
  must(order.join() === "theme,sprinter,file,play,start,speed,time,summary", `focus goes ${order}`);
  await page.keyboard.press("Enter"); // opens the cautions
  must(await page.$eval("details", (details) => details.open), "the cautions do not open");
  for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space"); // on the play button
  must((await text("play")) === "Pause", "space on the button does not play");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Tab"); // on the slider
  await page.waitForTimeout(4500);
  await page.keyboard.press("Space");
  must((await text("play")) === "Play", "space does not pause");
  must(/^Paused\. After \d+ steps: together \d+ %, kappa/.test(await text("said")), `it says ${await text("said")}`);
  must(/\d+ %/.test(await text("coincidence")) && /to .*95 %/.test(await text("kappa-interval")), "no results");
  const at = await page.inputValue("#time");
  await page.keyboard.press("ArrowRight");
  must((await page.inputValue("#time")) !== at, "the slider does not move by keys");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Space");
  must((await text("play")) === "Pause", "space does not play");
  await page.keyboard.press("Home");
  must((await text("play")) === "Play" && (await text("kappa")) === "–", "Home does not go to the start");
  for (let i = 0; i < 8 && (await page.evaluate(() => document.activeElement.id)) !== "theme"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  must((await page.evaluate(() => document.documentElement.dataset.theme)) === "dark", "the theme does not turn");
  await page.keyboard.press("Enter");
  log("by keyboard alone: focus order, play, pause, slider, start, cautions, colours");

  // ExcludedContributor files; damaged ones are refused in words, and what was there stays.
  const drop = async (name, bytes) => {
    const data = await page.evaluateHandle(([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      return transfer;
    }, [name, Buffer.from(bytes).toString("base64")]);
    await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
    must(await page.isVisible("#drop"), "no sign that it can be dropped");
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
    await page.waitForTimeout(100);
    await page.waitForFunction(() => !/^(Reading|Simulating)/.test(document.getElementById("trial").textContent), null, { timeout: 60_000 });
  };
  figures.dropped = [];
  for (const file of files) {
    const name = path.basename(file);
    await drop(name, readFileSync(file));
    must(await page.isHidden("#error"), `${name}: ${await text("error")}`);
    must((await text("trial")) === name, `it shows ${await text("trial")}`);
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.getElementById("play").textContent === "Play" || document.getElementById("kappa").textContent !== "–", null, { timeout: 60_000 });
    await page.keyboard.press("Home");
    await seek(1);
    must(/\d/.test(await text("coincidence")), `${name}: no result`);
    await check(`dropped-${path.extname(name).slice(1)}`);
    figures.dropped.push(name);
  }
  const before = await text("trial");
  const csv = readFileSync(files[0]);
  const damaged = [
    ["broken.csv", csv.subarray(0, csv.indexOf("\n") + 1)],
    ["numbers.csv", Buffer.from("time_s,hip_flexion_r_deg\n0,1\n0.01,oops\n")],
    ["empty.csv", Buffer.alloc(0)],
    ["noise.c3d", Buffer.from(Array.from({ length: 2048 }, (_, i) => (i * 97) % 251))],
    ["notes.txt", Buffer.from("hello")],
  ];
  for (const file of files.filter((f) => f.endsWith(".c3d"))) damaged.push(["cut.c3d", readFileSync(file).subarray(0, 100_000)]);
  figures.refused = {};
  for (const [name, bytes] of damaged) {
    await drop(name, bytes);
    must(await page.isVisible("#error"), `${name} is taken`);
    const words = await text("error");
    must(words.startsWith(`${name} cannot be used: `) && words.length > name.length + 30, words);
    must((await text("trial")) === before, "what was there is gone");
    figures.refused[name] = words;
    log(words);
  }
  await page.setInputFiles("#file", { name: "chosen.csv", mimeType: "text/csv", buffer: readFileSync(files[0]) });
  await page.waitForFunction(() => document.getElementById("trial").textContent === "chosen.csv", null, { timeout: 60_000 });
  must(wrong.length === 0, `the page complains: ${wrong.join("; ")}`);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
  server.close();
}
console.log(JSON.stringify(figures));

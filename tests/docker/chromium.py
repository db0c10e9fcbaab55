"""A page opened in the Chromium of the sample's Playwright image, from disk and with no network."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

IMAGE = "images/playwright-base:20"
LISTEN = """<script>
window.faults = [];
addEventListener("error", (event) => faults.push(event.message));
for (const kind of ["error", "warn"]) console[kind] = (...words) => faults.push(words.join(" "));
</script>"""
LOOK = """<script>
addEventListener("load", () => {
  const charts = {};
  for (const canvas of document.querySelectorAll("canvas")) {
    const chart = Chart.getChart(canvas);
    const { left, top, right, bottom } = chart.chartArea;
    const scale = chart.currentDevicePixelRatio;
    const area = [left, top, right - left, bottom - top].map((number) => Math.round(number * scale));
    const pixels = canvas.getContext("2d").getImageData(...area).data;
    const series = chart.data.datasets.map(({ label: name, data, borderColor: colour }) => {
      const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
      let ink = 0;
      for (let at = 0; at < pixels.length; at += 4) {
        ink += pixels[at + 3] > 190 && wanted.every((value, place) => Math.abs(pixels[at + place] - value) < 4);
      }
      return { name, data, colour, ink };
    });
    charts[canvas.id.replace("-chart", "")] = { series, share: (right - left) / chart.width };
  }
  const room = [document.documentElement.scrollWidth, innerWidth];
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const back = getComputedStyle(document.body).backgroundColor;
  const seen = document.createElement("pre");
  seen.id = "seen";
  seen.textContent = JSON.stringify({ faults, charts, room, dark, back });
  document.body.append(seen);
});
</script>"""


def open_page(page: Path, *, width: int, dark: bool) -> dict[str, Any]:
    """What is seen of a page: faults of its scripts, charts with their data and colours, and whether it fits the width."""
    text = page.read_text(encoding="utf-8")
    watched = page.with_name("watched.html")
    watched.write_text(text.replace("<head>", f"<head>{LISTEN}", 1).replace("</body>", f"{LOOK}</body>"))
    argv = ["docker", "run", "--rm", "--network", "none", "--volume", f"{page.parent}:/page:ro", IMAGE]
    argv += ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    argv += [f"--window-size={width},900", *(["--blink-settings=preferredColorScheme=0"] if dark else [])]
    done = subprocess.run(
        [*argv, "file:///page/watched.html"], capture_output=True, text=True, timeout=120, check=False
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(html.unescape(found[1]))
    return seen

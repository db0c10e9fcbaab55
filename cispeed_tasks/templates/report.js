"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Okabe and Ito's colours, which people with any colour vision can tell apart, a shade lighter where it is dark.
  const LIGHT = ["#0072b2", "#d55e00", "#007a5e", "#a8458a", "#8a6d00", "#3d8fc4", "#6b4fa3", "#55606b"];
  const DARK = ["#5ab4e8", "#ff9d57", "#41c7a3", "#e59acb", "#e8cf4a", "#9dd0f0", "#b9a3ea", "#b4bec9"];
  const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [], [6, 3], [2, 3], [8, 3, 2, 3]];
  const POINTS = ["circle", "rect", "triangle", "rectRot", "star", "crossRot", "circle", "rect"];
  // Steps between the ticks of an axis, in seconds: what a clock and a calendar have, and what a stopwatch has.
  const CALENDAR = [60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2629800, 7889400];
  const STOPWATCH = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000];
  const drawn = [];

  function seconds(value) {
    if (value >= 60 && value < 5400 && value % 60 === 0) return `${value / 60} min`;
    if (value < 10) return `${+value.toFixed(1)} s`;
    if (value < 90) return `${Math.round(value)} s`;
    if (value < 5400) return `${Math.floor(value / 60)} min ${String(Math.round(value) % 60).padStart(2, "0")} s`;
    return `${(value / 3600).toFixed(1)} h`;
  }

  function bytes(value) {
    for (const unit of ["B", "kB", "MB"]) {
      if (Math.abs(value) < 1000) return `${unit === "B" ? value : +value.toFixed(1)} ${unit}`;
      value /= 1000;
    }
    return `${+value.toFixed(2)} GB`;
  }

  function amount(value, unit) {
    if (value === null || value === undefined) return "-";
    return unit === "s" ? seconds(value) : unit === "B" ? bytes(value) : `${Math.round(value)} ${unit}`;
  }

  function step(range, most, steps) {
    return steps.find((one) => range / one <= most) || steps[steps.length - 1] * Math.ceil(range / most / steps[steps.length - 1]);
  }

  // Ticks at whole steps, such as midnights.
  function ticksOf(axis, most, steps) {
    const size = step(axis.max - axis.min, most, steps);
    const first = Math.ceil(axis.min / size) * size;
    const count = Math.max(0, Math.floor((axis.max - first) / size + 1e-9) + 1);
    axis.ticks = Array.from({ length: count }, (_, number) => ({ value: first + number * size }));
  }

  function when(at, range) {
    const iso = new Date(at * 1000).toISOString();
    if (range < 1.5 * 86400) return iso.slice(11, 16);
    return range < 6 * 86400 ? iso.slice(5, 16).replace("T", " ") : iso.slice(0, 10).slice(range < 300 * 86400 ? 5 : 2);
  }

  // All charts over time begin and end together; what was done within minutes does not look like a long time.
  const times = charts.flatMap((chart) => chart.series.flatMap((series) => series.points.map((point) => point[0])));
  const [earliest, latest] = [Math.min(...times), Math.max(...times)];
  const around = Math.max((latest - earliest) / 50, (300 - (latest - earliest)) / 2);
  const [start, end] = [earliest - around, latest + around];

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = (text, room) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

  function datasets(chart, colours, width) {
    return chart.series.map((series, number) => {
      const colour = colours[number % colours.length];
      const isTime = chart.kind.endsWith("time");
      const data = isTime ? series.points.map(([x, y, count]) => ({ x, y, count })) : [...series.values];
      const line = { borderDash: DASHES[number % DASHES.length], pointStyle: POINTS[number % POINTS.length], tension: 0 };
      return {
        label: series.name, data, borderColor: colour, backgroundColor: chart.kind === "time" ? colour : `${colour}d0`,
        borderWidth: 2, ...(chart.kind === "time" ? { ...line, pointRadius: data.length > 40 ? 2 : 3, pointHoverRadius: 6 } : {}),
        ...(chart.kind === "stacked time" ? { borderWidth: 0, barThickness: Math.max(3, Math.floor(width / 90)) } : {}),
        ...(isTime ? {} : { borderWidth: 0, maxBarThickness: 26 }),
      };
    });
  }

  // A line across the chart, such as the three minutes that a push may take.
  const limit = {
    id: "limit",
    afterDatasetsDraw(chart, _, options) {
      if (!options.value || options.value > chart.scales.y.max) return;
      const y = chart.scales.y.getPixelForValue(options.value);
      const { left, right } = chart.chartArea;
      const pen = chart.ctx;
      pen.save();
      pen.strokeStyle = pen.fillStyle = options.colour;
      pen.setLineDash([4, 4]);
      pen.beginPath();
      pen.moveTo(left, y);
      pen.lineTo(right, y);
      pen.stroke();
      pen.textAlign = "right";
      pen.fillText(options.name, right, y - 4);
      pen.restore();
    },
  };

  // A name in two lines at most: whose it is, and what it is.
  function lines(name, room) {
    const cut = name.indexOf(": ");
    return cut < 0 ? short(name, room) : [short(name.slice(0, cut), room), short(name.slice(cut + 2), room)];
  }

  function scales(chart, colours, width) {
    const ticks = { color: colours.soft, maxRotation: 0 };
    const isStacked = chart.kind.startsWith("stacked");
    const isTime = chart.kind.endsWith("time");
    const most = isTime ? 7 : Math.max(3, Math.floor(width / 140));
    const values = {
      beginAtZero: true, grid: { color: colours.grid }, stacked: isStacked,
      ticks: { ...ticks, maxTicksLimit: most + 1, callback: (value) => amount(value, chart.unit) },
      ...(chart.unit === "s" ? { afterBuildTicks: (axis) => ticksOf(axis, most, STOPWATCH) } : {}),
      ...(chart.unit === "%" ? { max: 100 } : {}), ...(chart.limit ? { suggestedMax: chart.limit * 1.15 } : {}),
    };
    if (!isTime) {
      const room = Math.max(13, Math.min(60, Math.floor(width / 15)));
      const names = { ...ticks, autoSkip: false, callback: (number) => lines(chart.labels[number], room) };
      return { x: values, y: { grid: { display: false }, stacked: isStacked, ticks: names } };
    }
    const x = {
      type: "linear", offset: false, min: start, max: end, grid: { display: false }, stacked: isStacked,
      ticks: { ...ticks, autoSkipPadding: 12, callback: (value) => when(value, end - start) },
      afterBuildTicks: (axis) => ticksOf(axis, Math.max(2, Math.floor(width / 90)), CALENDAR),
    };
    return { x, y: values };
  }

  function label(chart, item) {
    const value = chart.kind.endsWith("time") ? item.parsed.y : item.parsed.x;
    const count = item.raw && item.raw.count > 1 ? ` (of ${item.raw.count})` : "";
    return ` ${short(item.dataset.label, 40)}: ${amount(value, chart.unit)}${count}`;
  }

  function title(chart, items) {
    if (!items.length) return "";
    if (!chart.kind.endsWith("time")) return chart.labels[items[0].dataIndex].match(/.{1,48}(\s|$)|.{1,48}/g);
    return `${new Date(items[0].parsed.x * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  }

  function draw(chart) {
    const canvas = document.getElementById(`${chart.id}-chart`);
    const colours = { soft: css("--soft"), grid: css("--grid"), text: css("--text"), bad: css("--bad") };
    const isTime = chart.kind.endsWith("time");
    if (!isTime) canvas.parentElement.style.height = `${90 + chart.labels.length * (chart.kind === "bars" && chart.series.length > 1 ? 44 : 36)}px`;
    drawn.push(new Chart(canvas, {
      type: chart.kind === "time" ? "line" : "bar",
      data: { labels: isTime ? undefined : chart.labels, datasets: datasets(chart, dark.matches ? DARK : LIGHT, canvas.parentElement.clientWidth) },
      options: {
        responsive: true, maintainAspectRatio: false, animation: false,
        indexAxis: isTime ? "x" : "y", normalized: isTime, scales: scales(chart, colours, canvas.parentElement.clientWidth),
        interaction: { mode: chart.kind === "time" ? "nearest" : "index", intersect: false, axis: isTime ? "x" : "y" },
        plugins: {
          legend: { display: chart.series.length > 1, position: "bottom", labels: { color: colours.text, boxWidth: 12, boxHeight: 7, usePointStyle: chart.kind === "time", pointStyleWidth: 12, padding: 12 } },
          tooltip: { callbacks: { title: (items) => title(chart, items), label: (item) => label(chart, item) } },
          limit: { value: chart.limit, name: chart.limitName, colour: colours.bad },
        },
      },
      plugins: [limit],
    }));
  }

  function drawAll() {
    while (drawn.length) drawn.pop().destroy();
    charts.forEach(draw);
  }

  // A link from a chart to its table opens that.
  function open() {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  drawAll();
  dark.addEventListener("change", drawAll);
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => drawn.forEach((one) => one.resize()));
  open();
})();

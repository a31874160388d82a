// Draws a table above itself: columns with data-bar are stacked bars, one with data-line a line of percentages.
"use strict";

function columns(table, kind) {
  const heads = [...table.tHead.rows[0].cells];
  return heads.filter((head) => kind in head.dataset).map((head) => ({
    name: head.textContent.trim(),
    color: head.dataset[kind],
    data: [...table.tBodies[0].rows].map((row) => Number.parseFloat(row.cells[head.cellIndex].textContent)),
  }));
}

function option(table) {
  const bars = columns(table, "bar"), lines = columns(table, "line");
  const font = { color: "#665d57", fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: false,
    grid: { left: 48, right: 52, top: 24, bottom: 32 },
    xAxis: { type: "category", data: [...table.tBodies[0].rows].map((row) => row.cells[0].textContent.trim()), axisLabel: font },
    yAxis: [
      { type: "value", axisLabel: font, splitLine: { lineStyle: { color: "#e4dfd9" } }, minInterval: 1 },
      { type: "value", min: 0, max: 100, axisLabel: { ...font, formatter: "{value}%" }, splitLine: { show: false } },
    ],
    series: [
      ...bars.map(({ name, color, data }) => ({ type: "bar", stack: "all", name, data, itemStyle: { color }, barMaxWidth: 56 })),
      ...lines.map(({ name, color, data }) => ({
        type: "line", yAxisIndex: 1, name, data, itemStyle: { color }, lineStyle: { color, width: 2 }, symbol: "circle", symbolSize: 9,
        label: { show: true, position: "top", formatter: "{c}%", ...font, color, fontWeight: 600, textBorderColor: "#fff", textBorderWidth: 3 },
      })),
    ],
  };
}

// Which colour is which; the words are those of the table's head.
function legend(table) {
  const list = document.createElement("ul");
  list.className = "drawn";
  for (const kind of ["bar", "line"]) {
    for (const { name, color } of columns(table, kind)) {
      const entry = document.createElement("li"), swatch = document.createElement("span");
      swatch.className = `swatch ${kind}`;
      swatch.style.background = color;
      entry.append(swatch, name);
      list.append(entry);
    }
  }
  return list;
}

for (const table of document.querySelectorAll("table[data-chart]")) {
  const place = table.closest(".card").querySelector(".chart");
  place.before(legend(table));
  place.hidden = false;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option(table));
  for (const when of ["resize", "beforeprint", "afterprint"]) addEventListener(when, () => chart.resize());
}

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
  const label = { show: true, formatter: ({ value }) => value || "", ...font };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    grid: { left: 48, right: 52, top: 56, bottom: 32 },
    legend: { top: 8, textStyle: font },
    xAxis: { type: "category", data: [...table.tBodies[0].rows].map((row) => row.cells[0].textContent.trim()), axisLabel: font },
    yAxis: [
      { type: "value", axisLabel: font, splitLine: { lineStyle: { color: "#e4dfd9" } }, minInterval: 1 },
      { type: "value", min: 0, max: 100, axisLabel: { ...font, formatter: "{value}%" }, splitLine: { show: false } },
    ],
    series: [
      ...bars.map(({ name, color, data }, n) => ({
        type: "bar", stack: "all", name, data, itemStyle: { color, borderColor: "#fff", borderWidth: n }, barMaxWidth: 56,
        label: { ...label, position: "inside", color: n ? "#27221f" : "#fff" },
      })),
      ...lines.map(({ name, color, data }) => ({
        type: "line", yAxisIndex: 1, name, data, itemStyle: { color }, lineStyle: { color, width: 2 }, symbol: "circle", symbolSize: 9,
      })),
    ],
  };
}

for (const table of document.querySelectorAll("table[data-chart]")) {
  const place = table.parentNode.querySelector(".chart");
  place.hidden = false;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option(table));
  addEventListener("resize", () => chart.resize());
  for (const when of ["beforeprint", "afterprint"]) addEventListener(when, () => chart.resize());
}

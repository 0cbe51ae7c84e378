// SPDX-License-Identifier: MIT
// Two drawings: bars with their goals, and curves over logarithmic axes. They follow the reader's colours, on a ground of
// their own, so that they can be looked at alone.
const style = `<style>
  .ground { fill: #fff } text { font: 15px system-ui, sans-serif; fill: #222 } .axis { stroke: #888 } .small { font-size: 13px }
  .a { fill: #2b6cb0; stroke: #2b6cb0 } .b { fill: #c05621; stroke: #c05621 } .c { fill: #2f855a; stroke: #2f855a }
  .line { fill: none; stroke-width: 2 } .goal { stroke: #c53030; stroke-width: 2 } .spread { stroke: #1a365d; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #161616 } text { fill: #e4e4e4 } .a { fill: #63b3ed; stroke: #63b3ed } .b { fill: #ed8936; stroke: #ed8936 }
    .c { fill: #68d391; stroke: #68d391 } .goal { stroke: #fc8181 } .spread { stroke: #ebf8ff }
  }
</style><rect class="ground" width="100%" height="100%"/>`;
const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const drawing = (width, height, title, inside) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img"><title>${escaped(title)}</title>${style}\n${inside.join("\n")}\n</svg>\n`;

// items: { label, value, low, high, faster }
export function bars(items) {
  const left = 16 + 9 * Math.max(25, ...items.map(({ label }) => label.length)), right = left + 430, step = 30;
  const most = Math.max(1, ...items.flatMap(({ high, faster }) => [high, faster]));
  const x = (value) => left + ((right - left) * value) / most;
  const inside = items.flatMap(({ label, value, low, high, faster }, i) => {
    const y = 30 + i * step;
    return [
      `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="a" x="${left}" y="${y}" width="${(x(value) - left).toFixed(1)}" height="18"/>`,
      `<line class="spread" x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y + 9}" y2="${y + 9}"/>`,
      `<line class="goal" x1="${x(faster).toFixed(1)}" x2="${x(faster).toFixed(1)}" y1="${y - 3}" y2="${y + 21}"/>`,
      `<text class="small" x="${(x(high) + 6).toFixed(1)}" y="${y + 13}">${value.toFixed(2)} (goal ${faster})</text>`,
    ];
  });
  return drawing(right + 160, 40 + items.length * step, "times as fast, with spread; red: the goal", [
    `<text x="${left}" y="18">times as fast; thin line: spread; red: the goal</text>`,
    ...inside,
  ]);
}

// Names of the lowest curve's points stand below them, on their left where there is room; others above.
function label(text, x, y, below) {
  const left = below && x > 200;
  const place = `x="${(left ? x - 7 : x + 7).toFixed(1)}" y="${(below ? y + 15 : y - 5).toFixed(1)}"`;
  return `<text class="small" ${place} text-anchor="${left ? "end" : "start"}">${escaped(text)}</text>`;
}

// curves: [{ name, points: [{ x, y, label }] }]
export function curves(title, x_name, y_name, all) {
  const points = all.flatMap((curve) => curve.points);
  const scale = (pick, from, to) => {
    const logs = points.map((point) => Math.log(pick(point)));
    const low = Math.min(...logs), high = Math.max(...logs) + 1e-9;
    return (point) => from + ((to - from) * (Math.log(pick(point)) - low)) / (high - low);
  };
  const x = scale((point) => point.x, 90, 640), y = scale((point) => point.y, 360, 60);
  const inside = [
    `<text x="20" y="24">${escaped(title)}</text>`,
    `<line class="axis" x1="70" x2="660" y1="380" y2="380"/><line class="axis" x1="70" x2="70" y1="40" y2="380"/>`,
    `<text x="660" y="410" text-anchor="end">${escaped(x_name)}, logarithmic</text><text class="small" x="76" y="50">${escaped(y_name)}</text>`,
  ];
  const ends = (pick) => [Math.min(...points.map(pick)), Math.max(...points.map(pick))];
  for (const value of ends((point) => point.x)) {
    inside.push(`<text class="small" x="${x({ x: value }).toFixed(1)}" y="396" text-anchor="middle">${value.toPrecision(3)}</text>`);
  }
  for (const value of ends((point) => point.y)) {
    inside.push(`<text class="small" x="64" y="${(y({ y: value }) + 4).toFixed(1)}" text-anchor="end">${value.toPrecision(3)}</text>`);
  }
  all.forEach((curve, i) => {
    const colour = "abc"[i % 3];
    const line = curve.points.map((point) => `${x(point).toFixed(1)},${y(point).toFixed(1)}`).join(" ");
    inside.push(`<polyline class="line ${colour}" style="fill:none" points="${line}"/>`);
    inside.push(`<text x="${520}" y="${24 + 18 * i}" class="${colour}" style="stroke:none">${escaped(curve.name)}</text>`);
    for (const point of curve.points) {
      inside.push(`<circle class="${colour}" cx="${x(point).toFixed(1)}" cy="${y(point).toFixed(1)}" r="4"/>`);
      inside.push(label(point.label, x(point), y(point), i === 0));
    }
  });
  return drawing(700, 420, title, inside);
}

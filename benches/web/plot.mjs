// The scaling measurements as an SVG: milliseconds per step over multiply–accumulates per step, both axes logarithmic. Colours are the
// Okabe–Ito palette, markers differ in shape too.

const [WIDTH, HEIGHT] = [720, 440];
const FRAME = { left: 64, right: 16, top: 36, bottom: 52 };
const STYLES = {
  batch: { colour: '#0072b2', label: 'batch 1–512', marker: '<circle r="4"/>' },
  width: { colour: '#d55e00', label: 'width ×1–×8', marker: '<path d="M-4-4h8v8h-8z"/>' },
  depth: { colour: '#009e73', label: 'depth 2–56', marker: '<path d="M0-5 5 4-5 4z"/>' },
  image: { colour: '#cc79a7', label: 'image 8–128', marker: '<path d="M0-6 5 0 0 6-5 0z"/>' },
};

/** A logarithmic axis over whole decades that contain `values`, from pixel `from` to pixel `to`. */
function axis(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const position = (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  const decades = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  return { position, decades };
}

export function plot(rows) {
  const overhead = rows.find(({ sweep }) => sweep === 'overhead');
  const work = rows.filter(({ sweep }) => STYLES[sweep]);
  const x = axis(
    work.map((row) => row.multiplications),
    FRAME.left,
    WIDTH - FRAME.right,
  );
  const y = axis(
    rows.map((row) => row.median_ms),
    HEIGHT - FRAME.bottom,
    FRAME.top,
  );
  const [left, right, top, bottom] = [FRAME.left, WIDTH - FRAME.right, FRAME.top, HEIGHT - FRAME.bottom];
  const power = (decade) => `10<tspan dy="-5" font-size="9">${decade}</tspan>`;
  const grid = [
    ...x.decades.map((decade) => {
      const at = x.position(10 ** decade);
      return `<path class="grid" d="M${at} ${top}V${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${power(decade)}</text>`;
    }),
    ...y.decades.map((decade) => {
      const at = y.position(10 ** decade);
      return `<path class="grid" d="M${left} ${at}H${right}"/><text x="${left - 8}" y="${at + 4}" text-anchor="end">${power(decade)}</text>`;
    }),
  ];
  const curves = Object.entries(STYLES).map(([sweep, { colour, label, marker }], i) => {
    const line = work
      .filter((row) => row.sweep === sweep)
      .map((row) => [x.position(row.multiplications), y.position(row.median_ms)]);
    const points = line.map((point) => point.map((c) => c.toFixed(1)).join());
    const marks = points.map((point) => `<g transform="translate(${point})">${marker}</g>`).join('');
    const legend = `<g transform="translate(${left + 20},${top + 20 + 20 * i})">${marker}<text x="12" y="4" fill="#222">${label}</text></g>`;
    return `<g fill="${colour}"><polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${marks}${legend}</g>`;
  });
  const flat = y.position(overhead.median_ms).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>Milliseconds per training step over multiply–accumulates per step</title>
<style>.grid { stroke: #ddd } .flat { stroke: #222; stroke-dasharray: 5 4 }</style>
<rect width="100%" height="100%" fill="#fff"/>
${grid.join('\n')}
<path class="flat" d="M${left} ${flat}H${right}"/>
<text x="${right - 4}" y="${flat - 6}" text-anchor="end">a step that computes next to nothing: ${overhead.median_ms.toPrecision(2)} ms</text>
${curves.join('\n')}
<text x="${left}" y="${top - 14}" font-weight="600">Milliseconds per training step, Vitrine on the CPU</text>
<text x="${(left + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">multiply–accumulates per step</text>
</svg>
`;
}

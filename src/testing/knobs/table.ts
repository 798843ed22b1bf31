import type { Knob } from './knob.ts';
import type { Shown, Turn } from './turn.ts';

const HEAD = ['| knob | changes | | on | scenarios | by |', '| --- | --- | --- | --- | ---: | ---: |'];
const ARROWS = { up: '↑', down: '↓', same: '=' } as const;

/** Every effect of every knob, with the median of its size over the scenarios that showed it. */
export function knobTable(
  knobs: readonly { readonly knob: Knob; readonly shown: readonly Shown[] }[],
): string {
  const rows = knobs.flatMap(({ knob, shown }) =>
    shown.map(({ effect: { figure, direction, on }, turns }, index) => {
      const size = direction === 'same' ? '' : `${rounded(medianChange(turns))} ${figure.unit}`;
      const name = index === 0 ? knob.name : '';
      return `| ${[name, figure.name, ARROWS[direction], on.words, turns.length, size].join(' | ')} |`;
    }),
  );
  return `${[...HEAD, ...rows].join('\n')}\n`;
}

function medianChange(turns: readonly Turn[]): number {
  const changes = turns.map(({ from, to }) => to - from).sort((one, other) => one - other);
  const middle = changes.length / 2;
  return (changes[Math.ceil(middle) - 1] + changes[Math.floor(middle)]) / 2;
}

/** Three digits say how large it is. */
function rounded(change: number): string {
  const text = Number(change.toPrecision(3)).toString();
  return change > 0 ? `+${text}` : text.replace('-', '−');
}

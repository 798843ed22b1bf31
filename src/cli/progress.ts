import type { CliContext } from './command.ts';

const DELAY_MS = 1_000;
const INTERVAL_MS = 100;

/**
 * Draws a bar on stderr once the work has taken a second, if stderr is a terminal. `fraction` is asked for the share
 * that is done, from 0 to 1. Returns the function that takes the bar away.
 */
export function showProgress(context: CliContext, label: () => string, fraction: () => number): () => void {
  if (!context.showsProgress) return () => {};
  let finish = () => {};
  const draw = async () => {
    const { Presets, SingleBar } = (await import('cli-progress')).default;
    if (ended) return;
    const format = '{label} {bar} {percentage}% | {eta_formatted} left';
    const options = {
      format,
      stream: context.stderr as NodeJS.WriteStream,
      clearOnComplete: true,
      hideCursor: true,
    };
    const bar = new SingleBar(options, Presets.shades_classic);
    bar.start(1, 0, { label: label() });
    const timer = setInterval(() => bar.update(fraction(), { label: label() }), INTERVAL_MS);
    finish = () => {
      clearInterval(timer);
      bar.stop();
    };
  };
  let ended = false;
  const timer = setTimeout(draw, DELAY_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
    finish();
  };
}

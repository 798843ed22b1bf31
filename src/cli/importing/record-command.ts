import { assertWritable, writeWholeFile } from '../../io/whole-file.ts';
import { serializeResult } from '../../measurement/serialize.ts';
import { type Recording, record } from '../../record/record.ts';
import { ExitCode, visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { RecordOptions } from '../commands/record.ts';
import { onInterrupt } from '../interrupt.ts';
import { presentDocuments } from './present-documents.ts';
import { statusLine } from './status-line.ts';

/** `kvmtimer record`: runs cyclictest, shows how it goes, keeps what it measured. */
export async function recordCommand(
  cyclictestOptions: readonly string[],
  { output, label, format, quiet }: RecordOptions,
  context: CliContext,
): Promise<ExitCode> {
  if (output !== undefined && output !== '-') assertWritable(output);
  const showsProgress = context.showsProgress && !quiet;
  let interrupted = false;
  let stop = () => {};
  const restoreSignals = onInterrupt(() => {
    interrupted = true;
    stop();
  });
  let recording: Recording;
  try {
    recording = await record(cyclictestOptions, label, {
      onStatus: showsProgress
        ? (threads) => context.stderr.write(`\r\x1b[K${statusLine(threads)}`)
        : undefined,
      onStart: (stopCyclictest) => {
        stop = stopCyclictest;
      },
      wasStopped: () => interrupted,
    });
  } finally {
    restoreSignals();
    if (showsProgress) context.stderr.write('\r\x1b[K');
  }
  const { document, text } = recording;
  if (!quiet) for (const warning of document.warnings) context.stderr.write(`warning: ${visible(warning)}\n`);
  if (output === '-') context.stdout.write(serializeResult(document));
  else context.stdout.write(format === 'cyclictest' ? text : presentDocuments([document], format, context));
  if (output !== undefined && output !== '-') writeWholeFile(output, serializeResult(document));
  if (!interrupted) return ExitCode.success;
  context.stderr.write('interrupted: the result is partial\n');
  return ExitCode.interrupted;
}

import type { Command } from 'commander';
import type { LoadOptions } from '../scenario/load.ts';
import type { CliContext } from './command.ts';

export interface ScenarioOptions {
  readonly set: readonly string[];
  readonly strict: boolean;
  readonly allowOutside: boolean;
}

/** The options of every command that reads scenarios. */
export function addScenarioOptions(command: Command): Command {
  return command
    .option(
      '--set <path=value>',
      'override a field, as in host.kvm.enable_hv_timer=false (repeatable)',
      collect,
      [],
    )
    .option('--strict', 'a knob that the machine does not have is an error instead of a warning', false)
    .option(
      '--allow-outside',
      'let `extends` and profile paths lead out of the folder of the scenario',
      false,
    );
}

export function loadOptions(options: ScenarioOptions, context: CliContext): LoadOptions {
  const { set, strict, allowOutside } = options;
  return { set, strict, allowOutside, stdin: context.stdin };
}

/** The value of an option; what is no number is judged with the scenario, where the message says what is right. */
export function numberOr(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

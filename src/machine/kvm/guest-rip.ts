import { Exit } from './exit-reasons.ts';

/** Length of the instruction that the exit emulates: where the guest goes on. */
const LENGTHS: Partial<Record<Exit, number>> = {
  [Exit.cpuid]: 2,
  [Exit.hlt]: 1,
  [Exit.vmcall]: 3,
  [Exit.msrRead]: 2,
  [Exit.msrWrite]: 2,
  [Exit.mwait]: 3,
};

/**
 * Addresses that stand for the guest's code in a trace: the engine executes no instructions. WRMSR and the idle loop of
 * a Debian 6.1 guest without KASLR, and of the bare real-mode guest, as real traces of them show; HLT and the others of
 * the Linux guest are assumed.
 */
const LINUX = { prefix: '0xffffffff', instruction: 0x8107e914, hlt: 0x81a58e4b, interrupted: 0x81a59334 };
const BARE = { prefix: '0x', instruction: 0x126d, hlt: 0x12a6, interrupted: 0x1299 };

/** Instruction pointer at the exit and at the entry that follows it. */
export function guestRip(exit: Exit, linux: boolean): { readonly exit: string; readonly entry: string } {
  const { prefix, instruction, hlt, interrupted } = linux ? LINUX : BARE;
  const length = LENGTHS[exit];
  const halts = exit === Exit.hlt || exit === Exit.mwait;
  const emulated = halts ? hlt : instruction;
  const at = length === undefined ? interrupted : emulated;
  return { exit: prefix + at.toString(16), entry: prefix + (at + (length ?? 0)).toString(16) };
}

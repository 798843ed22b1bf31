/** Counts the turns that chains cannot make, and has some of them looked at. */
export class Refinement {
  /** Turns that machines have been asked for meanwhile. */
  turns = 0;
  isDone = false;
  private disturbed = 0;
  private occasions = 0;

  constructor(
    private readonly every: number,
    /** Looks at the machine as it is; true once enough has been seen. */
    private readonly look: () => boolean,
  ) {}

  /** Share of the turns that the chains could not make. */
  get share(): number {
    return this.disturbed / this.turns;
  }

  /** So many turns are left to the code for everything. More than one are not known to be disturbed. */
  note(turns: number): void {
    this.disturbed += turns;
    if (turns > 1 || this.isDone || ++this.occasions % this.every > 0) return;
    this.isDone = this.look();
  }
}

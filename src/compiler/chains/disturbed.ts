/** A turn that no chain can express: it calls the model, or mixes what cannot be told apart. */
export class Disturbed extends Error {}

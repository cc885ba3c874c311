/** A vector in the space of parameters: residues by column, zeros absent. */
export type Tangent = ReadonlyMap<number, number>;

/** The families of symmetries, in the order in which they are counted: docs/gauge.md. */
export const families = {
  basis: 'changes of basis and scalings of coordinates',
  kernel: 'changes that nothing reads, or that act on what never comes in',
  shift: 'constants that a later bias takes over, or that softmax does not see',
  symmetric: 'queries and keys of parallel tokens, which enter symmetrically',
  lightning: 'mixing of the heads of a lightning layer',
  quadric: 'rotations of squares under one output',
  polynomial: 'changes of a polynomial part that leave all its coefficients',
} as const;

export type Family = keyof typeof families;

/** A tangent vector that changes no value of the network. */
export interface GaugeField {
  readonly family: Family;
  readonly tangent: Tangent;
}

export { classify, classifyWeights, type Classification, type SingularReason } from './classify.ts';
export { compress, decompress, type Compressed } from './compress.ts';
export type { Difference, Value } from './difference.ts';
export { genericFibre, type GenericFibre, type GroupFactor } from './generic-fibre.ts';
export { fibreAt, type LocalFibre } from './local-fibre.ts';
export type { NormalForm } from './canonical.ts';
export { normalForm } from './normal-form.ts';
export { sameFunction, type Comparison, type Reason } from './same-function.ts';
export { applyTransformations, type Transformation } from './transformation.ts';

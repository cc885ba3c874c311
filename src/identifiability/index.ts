export type { Difference, Value } from './difference.ts';
export { sameFunction, type Comparison, type Reason } from './same-function.ts';
export { applyTransformations, type Transformation } from './transformation.ts';

export type { Architecture } from './architecture.ts';
export type { ParameterCounts } from './counts.ts';
export {
  descriptionRows,
  describeModel,
  type Bounds,
  type DescriptionRow,
  type ModelDescription,
  type Status,
} from './describe.ts';
export { readModelConfig, readModelConfigText, type Model, type SizedModel } from './model.ts';
export type { ModelOptions } from './options.ts';
export type { Part } from './parts.ts';
export { modelTypes } from './read.ts';
export type { Reduction } from './scale-down.ts';
export type { Symmetry } from './symmetries.ts';

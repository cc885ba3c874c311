export { parseWeights, readWeights, serializeWeights } from './file.ts';
export { weights, type Weights } from './weights.ts';

export type { ClosedForm, ClosedFormTerms } from './closed-form.ts';
export { closedForm, closedFormStatement } from './closed-form.ts';
export type { TheoreticalDimension } from './dimension.ts';
export { dimension } from './dimension.ts';
export type { PublishedDimension } from './published.ts';
export { publishedEquality } from './published.ts';
export { isSingleHeadStack } from './single-head-stack.ts';
export type { UpperBound, UpperBoundEvidence } from './upper-bound.ts';
export { upperBound } from './upper-bound.ts';

import { one } from '../fraction.ts';
import type { Tensor, Term } from './tensor.ts';

/** A tensor as a rational combination of tensors that are no combinations, in their order. */
export function combinationOf(tensor: Tensor): readonly Term[] {
  return tensor.operation.kind === 'combination' ? tensor.operation.terms : [{ factor: one, tensor }];
}

import type { Residue } from '../../field/residue.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { InputDraws } from '../../point/point.ts';
import * as attention from './attention.ts';
import * as entries from './entries.ts';
import * as maps from './maps.ts';
import { normalize } from './norm.ts';
import type { OperationAtPoint, Setting } from './operation.ts';

export type { JacobianRows, OperationAtPoint, Outcome, Setting } from './operation.ts';

/** The operation that computes a tensor, at a point. */
export function operationAtPoint<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
): OperationAtPoint<R> {
  const { operation: op } = tensor;
  switch (op.kind) {
    case 'input':
      return input(setting, tensor, op.source);
    case 'combination':
      return entries.combination(setting, tensor, op);
    case 'linear':
      return maps.linear(setting, tensor, op);
    case 'bias':
      return maps.bias(setting, tensor, op);
    case 'positions':
      return maps.positions(setting, tensor, op);
    case 'gain':
      return maps.gain(setting, tensor, op);
    case 'center':
      return maps.center(setting, tensor, op);
    case 'rotate':
      return maps.rotate(setting, tensor, op);
    case 'normalize':
      return normalize(setting, tensor, op);
    case 'power':
      return entries.power(setting, tensor, op);
    case 'product':
      return entries.product(setting, tensor, op);
    case 'function':
      return entries.activation(setting, tensor, op);
    case 'scores':
      return attention.scores(setting, tensor, op);
    case 'mask':
      return attention.mask(setting, tensor, op);
    case 'softmax':
      return attention.softmax(setting, tensor, op);
    case 'mix':
      return attention.mix(setting, tensor, op);
  }
}

function input<R extends Residue>(
  setting: Setting<R>,
  tensor: Tensor,
  source: 'tokens' | 'context',
): OperationAtPoint<R> {
  return {
    forward(draws: InputDraws<R>) {
      setting.kernel.write(setting.valueAt(tensor), draws[source]! as unknown as ArrayLike<R>);
      return 'done';
    },
    pullBack() {},
  };
}

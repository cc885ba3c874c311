import type { ParameterRef } from '../graph/tensor.ts';
import type { RationalMatrix } from '../rational/index.ts';

/** Where a network is evaluated exactly, over Q or over F_p: its parameter matrices by their offsets, and one input; tokens are rows. */
export interface RationalPoint {
  readonly matrices: ReadonlyMap<number, RationalMatrix>;
  readonly tokens: RationalMatrix;
  readonly context: RationalMatrix | null;
}

export function parameterAt({ matrices }: RationalPoint, { offset }: ParameterRef): RationalMatrix {
  const found = matrices.get(offset);
  if (!found) throw new Error(`parameters: expected a matrix at offset ${offset}, got none`);
  return found;
}

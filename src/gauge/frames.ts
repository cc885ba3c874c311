import { operands, type Tensor } from '../graph/tensor.ts';

/**
 * The coordinates in which a change of basis of a tensor does not depend on the parameters: those before the gains that the tensor
 * has passed (the norm's weight γ turns ξ into Γ⁻¹ξΓ). `null`: no such coordinates, terms with different gains were added.
 */
export type Frame = readonly Tensor[] | null;

export function framesOf(tensors: readonly Tensor[]): ReadonlyMap<Tensor, Frame> {
  const frames = new Map<Tensor, Frame>();
  for (const tensor of tensors)
    frames.set(
      tensor,
      frameOf(tensor, (x) => frames.get(x)!),
    );
  return frames;
}

function frameOf(tensor: Tensor, of: (operand: Tensor) => Frame): Frame {
  const { operation: op } = tensor;
  switch (op.kind) {
    case 'gain': {
      const before = of(op.x);
      return before && [...before, tensor];
    }
    case 'bias':
    case 'positions':
    case 'center':
    case 'normalize':
    case 'rotate':
      return of(op.x);
    case 'mix':
      return of(op.v);
    case 'combination': {
      const [first = [], ...others] = operands(tensor).map(of);
      return others.every((other) => isSameFrame(first, other)) ? first : null;
    }
    default:
      return [];
  }
}

export function isSameFrame(a: Frame, b: Frame): boolean {
  return a !== null && b !== null && a.length === b.length && a.every((gain, i) => isSameGain(gain, b[i]!));
}

function isSameGain({ operation: a }: Tensor, { operation: b }: Tensor): boolean {
  return (
    a.kind === 'gain' &&
    b.kind === 'gain' &&
    a.vector.offset === b.vector.offset &&
    a.unitOffset === b.unitOffset
  );
}

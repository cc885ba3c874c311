import type { Field } from '../field/field.ts';
import { residueVector, type Residue, type ResidueVector } from '../field/residue.ts';

/** The product of two polynomials over F_p, residues from the constant term up; neither is empty. O(deg f · deg g). */
export function multiplyPolynomials(
  f: ArrayLike<Residue>,
  g: ArrayLike<Residue>,
  field: Field<Residue>,
): ResidueVector {
  const product = residueVector(field.prime, f.length + g.length - 1);
  for (let i = 0; i < f.length; i++)
    for (let j = 0; j < g.length; j++)
      product[i + j] = field.add(product[i + j]!, field.multiply(f[i]!, g[j]!));
  return product;
}

import { incompleteBeta } from './beta-quantile.js'

/** The chance that a Student variable with these degrees of freedom is as far from 0 as `t`, either way. */
export function studentTail(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
}

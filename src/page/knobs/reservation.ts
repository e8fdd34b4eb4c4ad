import type { PolicyFile } from '../../core/policy-schema.js'
import { movedNumber, type KnobGroup } from './knob.js'

type Mode = PolicyFile['reservation']['mode']

const MODES: readonly { readonly value: Mode; readonly label: string }[] = [
  { value: 'worstCase', label: 'worst case: caps are proved' },
  { value: 'estimateWithMargin', label: 'estimate with margin: caps are likely' },
]

/** How much is held for a call before it is made; of a policy without budgets nothing is. */
export const RESERVATION: KnobGroup = {
  title: 'Reservation',
  list: ({ budgets, reservation: { mode, margin } }) =>
    budgets.length === 0
      ? []
      : [
          { kind: 'choice', id: 'mode', label: 'Holds', note: '', value: mode, options: MODES },
          {
            kind: 'range',
            id: 'margin',
            label: 'Margin',
            note: 'Added to the estimate; the worst case needs none.',
            value: margin,
            min: 0,
            max: 2,
            scale: 'linear',
            unit: 'share',
          },
        ],
  apply: (file, moved) => {
    const mode = MODES.find(({ value }) => value === moved['mode'])?.value ?? file.reservation.mode
    const margin = movedNumber(moved, 'margin') ?? file.reservation.margin
    return { ...file, reservation: { ...file.reservation, mode, margin } }
  },
}

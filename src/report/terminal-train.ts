import pc from 'picocolors'
import type { LogSummary } from '../metrics/result.js'
import type { LearnedCascade } from '../tune/cascade/learn-cascade.js'
import type { ModelSkill } from '../tune/learn/model-skill.js'
import type { TrainResult } from '../tune/train.js'
import { count, money, percent, plainName, points, pointsInterval, UNKNOWN } from './format.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

/** For `tollgate train`: what was learned, what it is worth on unseen requests, and what it rests on. */
export function renderTrainText(log: LogSummary, result: TrainResult, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  return spaced([
    ...banner({ log }, width, colours),
    [trainSentence(result), ...cascadeSentences(result)]
      .map((text) => wrapped(colours.bold, text, width))
      .join('\n'),
    modelTable(result.models, colours.dim),
    result.models.map((model) => plain(wordsOf(model))).join('\n'),
    ...(result.chosenMargin === null || result.hybrid.length === 0 ? [] : [hybridTable(result, colours.dim)]),
    [...trainNotes(result)].map(plain).join('\n'),
  ])
}

/** The answer in a sentence. */
function trainSentence({ tier, heldOut }: TrainResult): string {
  if (tier.learned === null)
    return `On ${count(heldOut)} requests that were held out nobody knows the tier they require, as the log lacks outcomes of some models: tier boundaries keep the shares that the policy’s own rules give each tier.`
  const { learned, heuristic, shuffled, commonest } = tier
  const better = learned > Math.max(heuristic ?? 0, shuffled ?? 0, commonest ?? 0)
  const verdict = better ? 'It puts' : 'As to tiers it is no better than its controls: it puts'
  return `${verdict} ${percent(learned)} of ${count(tier.requests)} held-out requests in the right tier; the heuristic ${percent(heuristic)}, the commonest tier for all ${percent(commonest)}, learned from shuffled prompts ${percent(shuffled)}.`
}

/** On held-out requests, beside the model that it is to replace. */
function cascadeSentences({ cascade }: TrainResult): string[] {
  if (cascade === null) return []
  const { heldOut, isLadder, answered } = cascade
  const { ladder, bestSingle, requests, qualityDelta, qualityDeltaCi } = heldOut
  const thousand = (usd: number): string => `${money(usd * 1000)} per 1,000 requests`
  const saved = percent(1 - ladder.costUsd / bestSingle.costUsd)
  if (!isLadder)
    return [
      `No cascade of these models was cheaper than ${plainName(bestSingle.label)} at its quality, on requests and answers that its scorer had not seen: the policy asks ${plainName(bestSingle.label)} alone.`,
      ...leftOutSentences(cascade),
    ]
  return [
    `The cascade costs ${thousand(ladder.costUsd)} at ${percent(ladder.quality)} quality on ${count(requests)} held-out requests; ${plainName(bestSingle.label)} alone ${thousand(bestSingle.costUsd)} at ${percent(bestSingle.quality)}: it saves ${saved}, and its quality differs by ${points(qualityDelta)} (95 %: ${pointsInterval(qualityDeltaCi)}).`,
    `Answered by ${answered.map(({ model, share }) => `${plainName(model)} ${percent(share)}`).join(', ')}.`,
    ...leftOutSentences(cascade),
  ]
}

function leftOutSentences({ leftOut, unknownModels }: LearnedCascade): string[] {
  return [
    ...(leftOut === 0
      ? []
      : [`${count(leftOut)} requests were left out, as some model’s quality or cost is unknown there.`]),
    ...(unknownModels.length === 0
      ? []
      : [`Too little is known of ${unknownModels.map(plainName).join(', ')} to stand on a rung.`]),
  ]
}

const COLUMNS: Readonly<Record<string, (model: ModelSkill) => string>> = {
  outcomes: ({ outcomes }) => count(outcomes),
  acceptable: ({ acceptable }) => percent(acceptable),
  AUC: ({ auc }) => decimal(auc),
  heuristic: ({ heuristicAuc }) => decimal(heuristicAuc),
  shuffled: ({ shuffledAuc }) => decimal(shuffledAuc),
  ECE: ({ calibrationError }) => decimal(calibrationError),
}

function decimal(value: number | null): string {
  return value === null ? UNKNOWN : value.toFixed(3)
}

function modelTable(models: readonly ModelSkill[], dim: (text: string) => string): string {
  const table = plainTable(['left', ...Object.keys(COLUMNS).map(() => 'right' as const)])
  table.push(['model', ...Object.keys(COLUMNS)].map(dim))
  for (const model of models)
    table.push([plainName(model.id), ...Object.values(COLUMNS).map((cell) => cell(model))])
  return withoutTrailingSpace(table.toString())
}

function wordsOf({ id, words }: ModelSkill): string {
  const list = (some: readonly string[]): string =>
    some.length === 0 ? 'nothing' : some.map(plainName).join(', ')
  return `${plainName(id)}: for success speak ${list(words.speakFor)}; against it ${list(words.speakAgainst)}.`
}

function hybridTable({ hybrid, chosenMargin }: TrainResult, dim: (text: string) => string): string {
  const table = plainTable(['left', 'right', 'right'])
  table.push(['hybrid, band around boundaries', 'learned decides', 'right tier'].map(dim))
  for (const { margin, share, accuracy } of hybrid)
    table.push([`${margin === chosenMargin ? '→' : ' '} ${margin}`, percent(share), percent(accuracy)])
  return withoutTrailingSpace(table.toString())
}

function trainNotes(result: TrainResult): string[] {
  const { rule, learnedFrom, heldOut, withoutText, unlearned, costWeight, pacedBy, bytes } = result
  return [
    `Learned from ${count(learnedFrom)} requests, judged on ${count(heldOut)} that it has not seen (${rule}).`,
    'AUC: chance that a request which the model answers acceptably scores above one which it does not (0.5 is chance). ECE: mean distance of promised from kept probability. Heuristic and shuffled: the AUC of the heuristic, and of what is learned from prompts that were dealt out anew.',
    ...(withoutText === 0
      ? []
      : [`${count(withoutText)} requests have no text: nothing was learned from them.`]),
    ...(unlearned.length === 0
      ? []
      : [
          `Too little is known of ${unlearned.map(plainName).join(', ')}: no chance of success is predicted for them.`,
        ]),
    ...(costWeight === null
      ? []
      : [
          `It selects by utility: a right answer is taken to be worth ${money(1 / costWeight)}, the price at which it gained most over fixed mixes.`,
          ...(pacedBy === null
            ? []
            : [
                `The price follows the use of the budget ${plainName(pacedBy)}: higher ahead of its plan, lower behind it.`,
              ]),
        ]),
    `The policy has ${count(bytes)} bytes.`,
  ]
}

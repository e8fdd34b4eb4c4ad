/** What a thread of the benchmark runs. */
export { keep as default } from './promise-set.js'

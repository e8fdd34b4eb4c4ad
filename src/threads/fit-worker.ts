/** What a thread of the fit pool runs. */
export { fitHeads as default } from '../tune/learn/linear-heads.js'

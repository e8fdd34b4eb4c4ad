import { readEmbedded } from './embedded.js'
import { App } from './view/app.js'

/** Entry of the page's script: wakes the section up when a reader comes near it. */

const NEAR = '800px'

const section = document.getElementById('what-if')
const state = document.getElementById('what-if-state')
if (section !== null && state !== null) {
  state.textContent = 'Loading the log into this page …'
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      wake(section, state).catch((error: unknown) => {
        state.textContent = `This section could not start: ${error instanceof Error ? error.message : String(error)}`
      })
    },
    { rootMargin: NEAR },
  )
  observer.observe(section)
}

async function wake(place: HTMLElement, said: HTMLElement): Promise<void> {
  new App(place, await readEmbedded(place))
  said.textContent = ''
}

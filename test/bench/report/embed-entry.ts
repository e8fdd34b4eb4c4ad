import embed from 'vega-embed'

const spec: unknown = JSON.parse(document.getElementById('spec')?.textContent ?? '')
await embed('#chart', spec as Parameters<typeof embed>[1], { renderer: 'svg', actions: false })

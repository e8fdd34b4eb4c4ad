type Child = Node | string | null

type Attributes = Readonly<Record<string, string | number | boolean | null>>

/** An HTML element. Text only ever becomes text; an attribute of null or false is left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children)
}

const SVG = 'http://www.w3.org/2000/svg'

export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS(SVG, tag), attributes, children)
}

function filled<Made extends Element>(made: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children.filter((child) => child !== null))
  return made
}

/** The mark of whatever was moved by hand. */
export function inSampleMark(): HTMLElement {
  return element(
    'span',
    { class: 'in-sample', title: 'Chosen by hand on the log that it is judged on: not validated' },
    'in-sample',
  )
}

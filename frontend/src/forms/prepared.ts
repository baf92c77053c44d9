/** The XForm before the engine reads it: given values are put where the form has a place for them. */

const XFORMS = 'http://www.w3.org/2002/xforms';

/**
 * Written into the primary instance and not set afterwards: a node without a control (`hidden`) takes no value from
 * outside once the form runs, and what is calculated from these values is right from the start.
 */
export function prepared(xform: string, given: Record<string, string>): string {
  const wanted = Object.entries(given).filter(([, value]) => value !== '');
  if (wanted.length === 0) return xform;
  const form = new DOMParser().parseFromString(xform, 'application/xml');
  const instance = form.getElementsByTagNameNS(XFORMS, 'instance')[0]?.firstElementChild;
  if (!instance) return xform;
  for (const [name, value] of wanted) {
    for (const node of instance.getElementsByTagName(name)) {
      if (node.childElementCount === 0) node.textContent = value;
    }
  }
  return new XMLSerializer().serializeToString(form);
}

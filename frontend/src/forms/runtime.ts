/**
 * The form while it is filled in. Only this file and wrapped.ts know the engine, so that another could take its place.
 *
 * What must be known about the engine (0.22.0):
 * - it leaves unchanged attachments out of its payload, so the payload is never used: the XML is read, and what lies
 *   under the names in it is in our own store. The engine is handed empty files that carry the right names;
 * - a file question that was restored keeps its old name when it is emptied with null: an empty name empties it;
 * - whole numbers are BigInt inside; out here every value is the text the XML holds;
 * - `end` is written only when a payload is prepared, so that is done once, at the end.
 */
import { loadForm, type LoadFormResult, type RootNode } from '@getodk/xforms-engine';
import { ref, shallowReactive, type Ref } from 'vue';
import type { Snapshot } from '../types';
import { childrenOf, FILE_KINDS, isAsked, isQuestion, questions, type AnyNode, type FormNode, type Option, type Question, type Repeat } from './nodes';
import { prepared } from './prepared';
import { isIn } from './translated';
import { Wrapper } from './wrapped';

export interface FormSource {
  xform: string;
  /** External lists by file name, as CSV text. */
  media: Record<string, string>;
  /** Values for nodes of these names, wherever the form has them; set before anything is calculated. */
  given?: Record<string, string>;
  language: 'zh' | 'en';
  username?: string;
  /** `lat lon altitude accuracy`, or '' where there is none: for forms that take a position by themselves. */
  locate?: () => Promise<string>;
}

export class FormBroken extends Error {
  override name = 'FormBroken';
}

interface Loaded {
  form: Exclude<LoadFormResult, { status: 'failure' }>;
  lists: Map<string, readonly Option[]>;
}

async function load(source: FormSource): Promise<Loaded> {
  const { xform, lists } = prepared(source.xform, source.given ?? {}, source.media, source.language);
  const result = await loadForm(xform, {
    fetchFormAttachment: async (url) => {
      const name = decodeURIComponent(url.pathname.split('/').pop() ?? '');
      const text = source.media[name];
      return new Response(text ?? '', { status: text === undefined ? 404 : 200, headers: { 'Content-Type': 'text/csv' } });
    },
    // A list that did not come along leaves its question empty; the rest of the form still serves.
    missingResourceBehavior: 'BLANK',
  });
  if (result.status === 'failure') throw new FormBroken(String(result.error));
  return { form: result, lists };
}

/** Names are made by us before a file is set: what the engine is handed already carries its own. */
const ownName = ({ basename, extension }: { basename: string; extension: string | null }) => basename + (extension ?? '');

export class FormRuntime {
  /** Grows with every change of a value, whoever made it. */
  readonly revision: Ref<number> = ref(0);
  /** Ids of questions that are told, not asked: they count in no progress. */
  told: ReadonlySet<string> = new Set();
  /** The repeat whose rows become findings, where the form has one. */
  findings: Repeat | null = null;
  private readonly wrapper: Wrapper;

  private constructor(private readonly root: RootNode, lists: Map<string, readonly Option[]>) {
    this.wrapper = new Wrapper(() => this.revision.value++, lists);
  }

  /** A new instance of the form. */
  static async create(source: FormSource): Promise<FormRuntime> {
    const { form, lists } = await load(source);
    const runtime = new FormRuntime(form.createInstance(FormRuntime.config(source)).root, lists);
    runtime.begin(source.language);
    runtime.dropBlankFindings();
    return runtime;
  }

  /** The instance that `xml` holds, with its instanceID. Attachments are in it by name alone. */
  static async restore(source: FormSource, xml: string): Promise<FormRuntime> {
    const { form, lists } = await load({ ...source, given: {} });
    const data = new FormData();
    data.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }));
    const instance = await form.restoreInstance({ data: [data as never] }, FormRuntime.config(source));
    const runtime = new FormRuntime(instance.root, lists);
    runtime.begin(source.language);
    return runtime;
  }

  /** Starts the engine up: its first form costs a slow phone a second, which is better spent before one is opened. */
  static async warm(): Promise<void> {
    const blank = '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>-</h:title>'
      + '<model><instance><data id="-"><a/></data></instance><bind nodeset="/data/a" type="string" required="true()"/></model></h:head>'
      + '<h:body><input ref="/data/a"><label>-</label></input></h:body></h:html>';
    await FormRuntime.create({ xform: blank, media: {}, language: 'zh' });
  }

  private static config(source: FormSource) {
    return {
      // Shallow: the engine puts objects of its own classes in here, which must stay what they are.
      stateFactory: shallowReactive as <T extends object>(object: T) => T,
      instanceAttachments: { fileNameFactory: ownName },
      preloadProperties: { username: source.username ?? '' },
      ...(source.locate ? { geolocationProvider: { getLocation: source.locate } } : {}),
    };
  }

  private begin(language: 'zh' | 'en'): void {
    const spoken = this.root.languages.find(
      (one) => one.isSyntheticDefault === undefined && isIn(language, one.language, one.locale?.language),
    );
    if (spoken && spoken.isSyntheticDefault === undefined) this.root.setLanguage(spoken);
    this.findings = this.repeats().find((repeat) => repeat.name === 'findings' && !repeat.counted) ?? null;
    const gate = this.findings && [...this.everyNode()].find((node): node is Question => isQuestion(node) && node.name === 'found');
    if (this.findings && gate?.options.map((option) => option.value).sort().join() === 'no,yes') this.findings.gate = gate;
  }

  /** A form opens with one blank finding; whoever finds nothing should not have to take it away. */
  private dropBlankFindings(): void {
    for (const row of [...(this.findings?.rows ?? [])].reverse()) this.findings?.remove(row);
  }

  private repeats(nodes: readonly FormNode[] = this.nodes): Repeat[] {
    return nodes.flatMap((node) => (node.kind === 'repeat' ? [node] : node.kind === 'group' ? this.repeats(node.children) : []));
  }

  /** The form from the top; reactive, as everything under it. */
  get nodes(): readonly FormNode[] {
    return this.wrapper.children(this.root.currentState.children);
  }

  /** All that is shown, groups and repeats before what is in them. */
  *everyNode(nodes: Iterable<AnyNode> = this.nodes): Generator<AnyNode> {
    for (const node of nodes) {
      if (!node.shown) continue;
      yield node;
      yield* this.everyNode(childrenOf(node));
    }
  }

  /** The questions that may not stand as they are, in the order of the form. */
  violations(): Question[] {
    return [...questions(this.nodes)].filter((question) => question.problem !== null);
  }

  /** The state now. `fileNames` are all attachments the XML names. */
  snapshot(): Snapshot {
    const xml = this.root.instanceState.instanceXML;
    let answered = 0;
    let total = 0;
    const fileNames: string[] = [];
    for (const question of questions(this.nodes)) {
      if (FILE_KINDS.has(question.kind) && question.value) fileNames.push(question.value);
      if (!isAsked(question) || this.told.has(question.id)) continue;
      total += 1;
      if (question.value !== '') answered += 1;
    }
    return { xml, fileNames, instanceID: instanceIdIn(xml), progress: { answered, total } };
  }

  /** Closes the form: `end` is set. Whether it may be closed is the caller's to judge (`violations`). */
  async finalise(): Promise<Snapshot> {
    await this.root.prepareInstancePayload();
    return this.snapshot();
  }
}

function instanceIdIn(xml: string): string {
  return /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1] ?? '';
}

/** The engine's nodes as ours: the other half of runtime.ts. */
import type {
  AnyControlNode,
  GeneralChildNode,
  GroupNode,
  RankNode,
  RepeatInstanceNode,
  RepeatRangeNode,
  SelectNode,
  UploadNode,
} from '@getodk/xforms-engine';
import { markRaw } from 'vue';
import type { FormNode, Group, Kind, Option, Problem, Question, Repeat, Row } from './nodes';
import { plain } from './plain';

type Touch = () => void;
type EngineNode = GeneralChildNode | RepeatInstanceNode;

/** Hands out one node of ours for each of the engine's, always the same. */
export class Wrapper {
  private readonly known = new WeakMap<EngineNode, FormNode | Row | null>();

  constructor(readonly touch: Touch, private readonly lists: ReadonlyMap<string, readonly Option[]>) {}

  children(nodes: readonly EngineNode[]): FormNode[] {
    const found: FormNode[] = [];
    for (const node of nodes) {
      const ours = this.wrap(node);
      if (ours && ours.kind !== 'row') found.push(ours);
    }
    return found;
  }

  wrap(node: EngineNode): FormNode | Row | null {
    let ours = this.known.get(node);
    if (ours === undefined) {
      ours = this.make(node);
      this.known.set(node, ours && markRaw(ours));
    }
    return ours;
  }

  private make(node: EngineNode): FormNode | Row | null {
    switch (node.nodeType) {
      case 'model-value':
        return null;
      case 'group':
        return new EngineGroup(node, this);
      case 'repeat-instance':
        return new EngineRow(node, this);
      case 'repeat-range:controlled':
      case 'repeat-range:uncontrolled':
        return new EngineRepeat(node, this);
      default:
        return new EngineQuestion(node, this.touch, this.lists.get(node.definition.bind.nodeset));
    }
  }
}

class Common<N extends EngineNode> {
  constructor(protected readonly node: N) {}

  get id(): string {
    return this.node.nodeId.replace(':', '-');
  }

  get name(): string {
    return this.node.definition.qualifiedName.localName;
  }

  get label(): string {
    return plain(this.node.currentState.label?.asString ?? '');
  }

  get hint(): string {
    return plain(this.node.currentState.hint?.asString ?? '');
  }

  get appearances(): readonly string[] {
    return tokens(this.node.appearances);
  }
}

class EngineGroup extends Common<GroupNode> implements Group {
  readonly kind = 'group';

  constructor(node: GroupNode, private readonly wrapper: Wrapper) {
    super(node);
  }

  get shown(): boolean {
    return this.node.currentState.relevant && this.node.currentState.hasRelevantBodyNodes;
  }

  get children(): readonly FormNode[] {
    return this.wrapper.children(this.node.currentState.children);
  }
}

class EngineRow extends Common<RepeatInstanceNode> implements Row {
  readonly kind = 'row';

  constructor(node: RepeatInstanceNode, private readonly wrapper: Wrapper) {
    super(node);
  }

  get engineNode(): RepeatInstanceNode {
    return this.node;
  }

  get shown(): boolean {
    return this.node.currentState.relevant;
  }

  get children(): readonly FormNode[] {
    return this.wrapper.children(this.node.currentState.children);
  }
}

class EngineRepeat extends Common<RepeatRangeNode> implements Repeat {
  readonly kind = 'repeat';
  gate: Question | null = null;

  constructor(node: RepeatRangeNode, private readonly wrapper: Wrapper) {
    super(node);
  }

  get shown(): boolean {
    return this.node.currentState.relevant || (this.gate?.shown === true && this.gate.value !== 'yes');
  }

  get counted(): boolean {
    return this.node.nodeType === 'repeat-range:controlled';
  }

  get rows(): readonly Row[] {
    return this.node.currentState.children.map((child) => this.wrapper.wrap(child) as Row);
  }

  add(): void {
    if (this.node.nodeType !== 'repeat-range:uncontrolled') return;
    this.gate?.set('yes');
    this.node.addInstances();
    this.wrapper.touch();
  }

  remove(row: Row): void {
    if (this.node.nodeType !== 'repeat-range:uncontrolled') return;
    const index = this.node.currentState.children.indexOf((row as EngineRow).engineNode);
    if (index < 0) return;
    this.node.removeInstances(index);
    if (this.rows.length === 0) this.gate?.set('no');
    this.wrapper.touch();
  }
}

const listed = new WeakMap<readonly object[], readonly Option[]>();

class EngineQuestion extends Common<AnyControlNode> implements Question {
  readonly kind: Kind;

  /** `list`: what the pages offer for it, where the engine knows it only as text (see prepared.ts). */
  constructor(node: AnyControlNode, private readonly touch: Touch, private readonly list?: readonly Option[]) {
    super(node);
    this.kind = list ? 'select' : kindOf(node);
  }

  get shown(): boolean {
    return this.node.currentState.relevant;
  }

  get value(): string {
    return this.node.currentState.instanceValue;
  }

  get required(): boolean {
    return this.node.currentState.required;
  }

  get readonly(): boolean {
    return this.node.currentState.readonly;
  }

  get problem(): Problem | null {
    const violation = this.node.validationState.violation;
    return violation && { kind: violation.condition, words: violation.message?.asString ?? '' };
  }

  get options(): readonly Option[] {
    if (this.list) return this.list;
    return this.node.nodeType === 'select' || this.node.nodeType === 'rank' ? optionsOf(this.node) : [];
  }

  get accept(): string {
    return this.node.nodeType === 'upload' ? this.node.nodeOptions.media.accept : '';
  }

  get maxPixels(): number {
    return this.node.nodeType === 'upload' ? (this.node.maxPixels ?? 0) : 0;
  }

  set(value: string): void {
    if (this.value === value) return;
    write(this.node, value);
    this.touch();
  }
}

function optionsOf(node: SelectNode | RankNode): readonly Option[] {
  const items = node.currentState.valueOptions;
  let options = listed.get(items);
  if (!options) {
    options = items.map((item) => ({ value: item.value, label: plain(item.label.asString) }));
    listed.set(items, options);
  }
  return options;
}

function write(node: AnyControlNode, value: string): void {
  switch (node.nodeType) {
    case 'select':
      node.selectValues(value.split(' ').filter(Boolean));
      break;
    case 'rank':
      node.setValues(value.split(' ').filter(Boolean));
      break;
    case 'trigger':
      node.setValue(value !== '');
      break;
    case 'upload':
      // An empty file of that name; of no name, where it is to be emptied (see above).
      node.setValue(new File([], value));
      break;
    case 'note':
      break;
    default:
      // Every type of input takes the XML's text; what does not fit becomes ''.
      (node.setValue as (text: string) => unknown)(value);
  }
}

const INPUTS: Record<string, Kind> = {
  int: 'integer',
  decimal: 'decimal',
  date: 'date',
  time: 'time',
  dateTime: 'dateTime',
  geopoint: 'geopoint',
};

function kindOf(node: AnyControlNode): Kind {
  switch (node.nodeType) {
    case 'select':
      return node.selectType === 'select' ? 'selectMany' : isJudge(node) ? 'judge' : 'select';
    case 'upload':
      return fileKind(node);
    case 'rank':
    case 'trigger':
    case 'note':
      return node.nodeType;
    default:
      return INPUTS[node.valueType] ?? 'text';
  }
}

/** Pass and fail, and nothing but pass, fail and not applicable: a question that judges. */
function isJudge(node: SelectNode): boolean {
  const values = node.currentState.valueOptions.map((item) => item.value);
  return values.includes('pass') && values.includes('fail') && values.every((value) => ['pass', 'fail', 'na'].includes(value));
}

function fileKind(node: UploadNode): Kind {
  const drawn = tokens(node.appearances).some((word) => word === 'signature' || word === 'draw');
  if (drawn) return 'signature';
  const type = node.nodeOptions.media.type;
  return type === 'image' || type === 'audio' || type === 'video' ? type : 'file';
}

function tokens(list: unknown): string[] {
  return list ? [...(list as Iterable<string>)] : [];
}

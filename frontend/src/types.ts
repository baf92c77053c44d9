/** What the parts of the app hand each other. The package is as `GET /field/app/outings/<id>/package/` sends it. */

/** A form as it was packaged; a draft keeps it for good, whatever is published later. */
export interface PackagedForm {
  form_id: string;
  version: string;
  title: string;
  sha256: string;
  xform: string;
}

export interface PackagedSite {
  code: string;
  name: string;
  type: string;
  type_name: string;
  address: string;
  place: string;
  body: string;
  body_name: string;
}

export interface Stop {
  position: number;
  site: PackagedSite;
  form: string;
  state: '' | 'begun' | 'closed';
  /** Local times of the route, "09:25"; none where no route was planned, or in a package of before. */
  planned?: { arrives: string; leaves: string } | null;
}

/** Whether a voice may be recorded unseen, on whose basis and how long; off unless someone approved it. */
export interface Recording {
  covert_audio: boolean;
  basis: string;
  until: string | null;
}

export interface Package {
  version: 1;
  outing: {
    id: number | string;
    team: string;
    campaign: string;
    day: string;
    office: string;
    state: 'out' | 'back';
    emergency: boolean;
    stop_by_stop: boolean;
  };
  person: { name: string; username: string };
  taken_at: string;
  stops: Stop[];
  forms: Record<string, PackagedForm>;
  general: { type: string; type_name?: string; form: string }[];
  /** Lists by file name, as CSV text: items.csv, bodies.csv, sites.csv. */
  media: Record<string, string>;
  recording: Recording;
}

export type Mode = 'overt' | 'covert';

/**
 * A visit being filled in. `xml` and `instanceID` are empty until the first snapshot; from then on the form is
 * restored from `xml`, with the same instanceID, whatever happened to the page in between.
 */
export interface Draft {
  id: string;
  /** For a place that no list knows, a number made on the phone. */
  siteCode: string;
  siteName: string;
  mode: Mode;
  xml: string;
  instanceID: string;
}

/** How far a form is filled in: questions that can be seen and are answered, of all that can be seen. */
export interface Progress {
  answered: number;
  total: number;
}

/** A form's state at one moment. `fileNames` are all attachments the XML names, each held by the AttachmentStore. */
export interface Snapshot {
  xml: string;
  instanceID: string;
  fileNames: string[];
  progress: Progress;
}

export interface StoredFile {
  name: string;
  /** Hexadecimal. */
  sha256: string;
  size: number;
}

/**
 * Where attachments lie. Write-once: a name that is taken refuses other bytes (and accepts the same ones again);
 * nothing here deletes, since only the server's receipt may. `put` resolves when the bytes are safely stored and
 * rejects with StorageFull when there is no room: what was put before stays.
 */
export interface AttachmentStore {
  put(name: string, blob: Blob): Promise<StoredFile>;
  get(name: string): Promise<Blob | undefined>;
  has(name: string): Promise<boolean>;
}

export class StorageFull extends Error {
  override name = 'StorageFull';
}

/** Props of `forms/FormPage.vue`. */
export interface FormPageProps {
  draft: Draft;
  package: Package;
  form: PackagedForm;
  attachments: AttachmentStore;
  /** Where the phone was when the visit began, `lat lon altitude accuracy`: put into an empty `location` at the end. */
  position?: string;
}

/**
 * Events of `forms/FormPage.vue`. `changed` follows every change of a value (not every key): save it at once.
 * `finalised` comes once, when the person sends: a form without violations, or one whose violations were shown and
 * which is to be sent all the same (the office sees them flagged). Its XML has `end` set and never changes.
 * `left` is the way back to the list; `hidden` is the quick exit of a covert visit: show the neutral page.
 */
export interface FormPageEvents {
  changed: [snapshot: Snapshot];
  finalised: [snapshot: Snapshot];
  left: [];
  hidden: [];
}

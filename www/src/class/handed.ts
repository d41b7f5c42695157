// What a teacher drops: files, folders' files, zips of files. Each becomes a text or a reason why it is refused; nothing in
// them is believed, least their size.
import { unzipSync } from "fflate";
import { runIn } from "../app/link";

/** A submission may have so many bytes; what a learner's page writes is far smaller. */
export const MOST_BYTES = 4 << 20;
/** A zip of many. */
const MOST_ZIP = 64 << 20;
const MOST_IN_ZIP = 2000;

/** Something that was handed in: its text, or the message that says why it is not looked into. */
export interface Handed {
  file: string;
  text?: string;
  refused?: { id: string; values?: Record<string, string> };
}

/** Reads a file; a zip gives all that are in it. */
export async function handedIn(file: File): Promise<Handed[]> {
  const zipped = /\.zip$/i.test(file.name) || file.type === "application/zip";
  if (file.size > (zipped ? MOST_ZIP : MOST_BYTES)) return [large(file.name, file.size)];
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return [{ file: file.name, refused: { id: "class-unreadable" } }];
  }
  return zipped ? inZip(file.name, bytes) : [one(file.name, bytes)];
}

function inZip(zip: string, bytes: Uint8Array): Handed[] {
  const handed: Handed[] = [];
  let [inflated, count] = [0, 0];
  try {
    const found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith("/") || /(^|\/)(__MACOSX\/|\._|\.DS_Store)/.test(name)) return false;
        if (++count > MOST_IN_ZIP || inflated + originalSize > 2 * MOST_ZIP) throw new Error("large");
        if (originalSize > MOST_BYTES) {
          handed.push(large(`${zip}/${name}`, originalSize));
          return false;
        }
        inflated += originalSize;
        return true;
      },
    });
    handed.push(...Object.entries(found).map(([name, data]) => one(`${zip}/${name}`, data)));
  } catch (error) {
    return [{ file: zip, refused: { id: (error as Error).message === "large" ? "class-zip-large" : "class-zip-broken" } }];
  }
  return handed.length ? handed : [{ file: zip, refused: { id: "class-zip-empty" } }];
}

function one(file: string, bytes: Uint8Array): Handed {
  if (bytes.length > MOST_BYTES) return large(file, bytes.length);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { file, refused: { id: "class-no-text" } };
  }
  try {
    return { file, text: runIn(text) };
  } catch (error) {
    const why = (error as Error).message;
    return { file, refused: { id: why === "version" ? "class-newer-link" : "class-broken-link" } };
  }
}

function large(file: string, bytes: number): Handed {
  return { file, refused: { id: "class-large", values: { bytes: String(bytes), most: String(MOST_BYTES) } } };
}

/** The lesson that a submission says it is for. */
export function lessonOf({ text }: Handed): string | undefined {
  const found = /"lesson" *: *"([a-z0-9-]+)"/.exec(text?.slice(0, 400) ?? "");
  return found?.[1];
}

/** The files of a drop, with those of folders in it. */
export async function dropped(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? undefined);
  if (!entries.some((entry) => entry?.isDirectory)) return [...data.files];
  const files: File[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (files.length >= MOST_IN_ZIP) return;
    if (entry.isFile) files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
    else {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      for (let some: FileSystemEntry[]; (some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))).length > 0; )
        for (const inner of some) await walk(inner);
    }
  };
  for (const entry of entries) if (entry) await walk(entry);
  return files;
}

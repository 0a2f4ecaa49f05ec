import { Field } from "./Field.js";

/** Whether a text looks like an owner's key; its checksum is checked when it is used. */
export function isOwnerKey(text: string): boolean {
  return /^S[A-Z2-7]{55}$/.test(text.trim());
}

/** A field for the owner's key, which is covered as it is typed. */
export function OwnerKey({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const error = value === "" || isOwnerKey(value) ? undefined : "An owner key begins with S and has 56 letters and digits";
  return <Field name="seed" label="Owner key (S…)" kind="secret" value={value} onValue={onValue} error={error} />;
}

import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly unit?: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  readonly name: string;
  readonly kind?: "number" | "text" | "secret";
}

/** A labelled input with what is wrong below it. */
export function Field({ label, unit, value, onValue, error, hint, name, kind = "number" }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div class={`field ${error === undefined ? "" : "wrong"}`}>
      <label for={id}>{label}</label>
      <span class="input">
        <input
          id={id}
          name={name}
          value={value}
          {...(kind === "secret" && ({ type: "password" } as const))}
          inputMode={kind === "number" ? "decimal" : "text"}
          class={kind === "number" ? "number" : ""}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        {unit !== undefined && <span class="unit">{unit}</span>}
      </span>
      {note !== undefined && (
        <small id={`${id}-note`} class={error === undefined ? "hint" : "error"} role={error === undefined ? undefined : "alert"} data-test={`note-${name}`}>
          {note}
        </small>
      )}
    </div>
  );
}

import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";

/** A piece of code with a button that takes it along. */
export function Copyable({ text, label }: { text: string; label?: string }) {
  const say = useWords(shell);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <div className="copyable">
      {/* It takes the focus, so that a long line can be scrolled with the keyboard too. */}
      <pre tabIndex={0} aria-label={label ?? say("copy")}>
        {text}
      </pre>
      <Button
        size="small"
        icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
        onClick={() => {
          void copy(text).then(() => setCopied(true));
        }}
      >
        {isCopied ? say("copied") : say("copy")}
      </Button>
    </div>
  );
}

/** The clipboard is there on https and on this machine only; elsewhere a selection is copied the old way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

import type { ReactNode } from "react";

/** A sheet of paper on the page. */
export function Card({
  title,
  aside,
  children,
  className = "",
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card ${className}`}>
      {(title || aside) && (
        <div className="card-head">
          {title && <h2>{title}</h2>}
          {aside && <div className="aside">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

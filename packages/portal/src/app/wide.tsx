import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

/** A table that may be wider than its place. Where it is, keys scroll it as the pointer does; where it is not, it is no stop on the way. */
export function Wide({ label, children }: { label: string; children: ReactNode }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    // The table may grow while its place stays as it is.
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className="vg-parts" {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': label } : {})}>
      {children}
    </div>
  );
}

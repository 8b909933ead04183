// A link within the console, and a button that is one: no page is loaded again.

import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import Link, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";

interface GoProps {
  to: string;
  children: ReactNode;
  variant?: LinkProps.Variant;
}

export function Go({ to, children, variant }: GoProps) {
  const navigate = useNavigate();
  return (
    <Link
      href={to}
      variant={variant}
      onFollow={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Link>
  );
}

interface GoButtonProps {
  to: string;
  children: ReactNode;
  variant?: ButtonProps.Variant;
  disabled?: boolean;
}

export function GoButton({ to, children, variant, disabled }: GoButtonProps) {
  const navigate = useNavigate();
  return (
    <Button
      href={to}
      variant={variant}
      disabled={disabled}
      onFollow={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Button>
  );
}

"""The names under which hooks look for the module ``hooking`` of oVirt."""

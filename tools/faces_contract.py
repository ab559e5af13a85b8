"""The contract of faces for import-linter: outside a folder only its `__init__.py` is imported."""

from __future__ import annotations

from importlib import import_module

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class FacesContract(Contract):  # type: ignore[misc]
    """A module may be imported by the modules of its own folder; others import the folder."""

    type_name = "faces"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports that reach past a face."""
        reached = sorted(
            (importer, imported)
            for imported in graph.modules
            if not graph.is_module_squashed(imported) and not graph.find_children(imported)
            for importer in graph.find_modules_that_directly_import(imported)
            if not _may_import(importer, imported)
        )
        return ContractCheck(kept=not reached, metadata={"reached": reached})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each such import."""
        for importer, imported in check.metadata["reached"]:
            output.print_error(f"{importer} imports {imported}, not the face of its folder")


def _may_import(importer: str, imported: str) -> bool:
    folder, _, name = imported.rpartition(".")
    if "." not in folder or importer == folder or importer.startswith(f"{folder}."):
        return True
    return name in getattr(import_module(folder), "__all__", ())  # a function with its file's name

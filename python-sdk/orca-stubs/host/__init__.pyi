"""What the application offers: its model, its presets, its user interface.

The classes hold snapshots of the application's data and may be kept on any thread; the functions
ask the application, on its main thread. `app_language`, `reload_local_bundle` and the module
`plugin` exist only where the application offers them: ask with `hasattr`, or with
`orca.host_features()`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeAlias, TypeVar, final

from numpy import float32, float64, int32
from numpy.typing import NDArray
from typing_extensions import Self

from orca import _Member

from . import plugin as plugin
from . import ui as ui

_Number = TypeVar("_Number", float, int)
_Rows: TypeAlias = NDArray[Any] | memoryview | Iterable[Sequence[_Number]]

class ModelVolumeType(_Member):
    """What a volume is in its object."""

    Invalid: ClassVar[ModelVolumeType]
    ModelPart: ClassVar[ModelVolumeType]
    NegativeVolume: ClassVar[ModelVolumeType]
    ParameterModifier: ClassVar[ModelVolumeType]
    SupportBlocker: ClassVar[ModelVolumeType]
    SupportEnforcer: ClassVar[ModelVolumeType]
    __members__: ClassVar[dict[str, ModelVolumeType]]

class PresetType(_Member):
    """What a preset is for."""

    Invalid: ClassVar[PresetType]
    Print: ClassVar[PresetType]
    SlaPrint: ClassVar[PresetType]
    Filament: ClassVar[PresetType]
    SlaMaterial: ClassVar[PresetType]
    Printer: ClassVar[PresetType]
    PhysicalPrinter: ClassVar[PresetType]
    Plate: ClassVar[PresetType]
    Model: ClassVar[PresetType]
    __members__: ClassVar[dict[str, PresetType]]

@final
class BoundingBox:
    """A box along the axes. Read-only; lengths in mm."""

    @property
    def defined(self) -> bool:
        """Whether there is anything in the box; everything else is 0 if not."""

    @property
    def min(self) -> tuple[float, float, float]:
        """The corner with the smallest coordinates: (x, y, z)."""

    @property
    def max(self) -> tuple[float, float, float]:
        """The corner with the largest coordinates: (x, y, z)."""

    @property
    def size(self) -> tuple[float, float, float]:
        """The lengths along the axes: (x, y, z)."""

    @property
    def center(self) -> tuple[float, float, float]:
        """The middle: (x, y, z)."""

    @property
    def radius(self) -> float:
        """Half of the diagonal."""

@final
class TriangleMesh:
    """The triangles of a volume, in its own coordinates, in mm.

    It is a snapshot: it stays as it is while the model changes, and so do its arrays, which share
    its memory. May be used on any thread.

    TriangleMesh(vertices, triangles) makes one that is nobody's volume, such as an importer
    returns: of arrays of shape (N, 3), or of sequences of (x, y, z) and (a, b, c). They are copied.
    Raises ValueError for a triangle with a vertex that does not exist, and for numbers that are not
    finite."""

    def __new__(cls, vertices: _Rows[float], triangles: _Rows[int]) -> Self: ...
    def vertex_count(self) -> int:
        """How many vertices there are."""

    def triangle_count(self) -> int:
        """How many triangles there are."""

    def facets_count(self) -> int:
        """How many triangles there are."""

    def is_empty(self) -> bool:
        """Whether there is nothing to see."""

    def vertices(self) -> NDArray[float32]:
        """The vertices as a numpy array of shape (N, 3) and type float32, in mm.

        It is read-only and shares the memory of the mesh; `.copy()` it to change it. Raises
        ImportError without numpy: see vertex()."""

    def triangles(self) -> NDArray[int32]:
        """The triangles as a numpy array of shape (M, 3) and type int32: the numbers of their
        vertices, counter-clockwise seen from outside.

        It is read-only and shares the memory of the mesh. Raises ImportError without numpy: see
        triangle()."""

    def face_normals(self) -> NDArray[float32]:
        """For each triangle the direction that points outside, of length 1, as a numpy array of
        shape (M, 3) and type float32. It is a copy. Raises ImportError without numpy."""

    def vertex(self, index: int) -> tuple[float, float, float]:
        """One vertex: (x, y, z) in mm. Raises IndexError for a number that no vertex has, -1 among
        them."""

    def triangle(self, index: int) -> tuple[int, int, int]:
        """One triangle: the numbers of its three vertices. Raises IndexError for a number that no
        triangle has."""

    def volume(self) -> float:
        """The volume that is enclosed, in mm³."""

    def bounding_box(self) -> BoundingBox:
        """The box around the vertices, in mm."""

    def is_manifold(self) -> bool:
        """Whether the surface is closed: every edge belongs to two triangles that agree on what is
        outside."""

@final
class ModelVolume:
    """A part of an object. A snapshot; may be used on any thread."""

    def id(self) -> int:
        """The number that stays the same while the volume exists."""

    @property
    def name(self) -> str:
        """Its name."""

    def type(self) -> ModelVolumeType:
        """What it is in its object, a ModelVolumeType."""

    def is_model_part(self) -> bool:
        """Whether it is printed."""

    def is_modifier(self) -> bool:
        """Whether other options hold inside of it."""

    def is_negative_volume(self) -> bool:
        """Whether it is cut out of what is printed."""

    def is_support_enforcer(self) -> bool:
        """Whether there is to be support where it is."""

    def is_support_blocker(self) -> bool:
        """Whether there is to be no support where it is."""

    def is_support_modifier(self) -> bool:
        """Whether it is there for support alone."""

    def extruder_id(self) -> int:
        """Its extruder, from 1; -1 when it has none of its own."""

    def offset(self) -> tuple[float, float, float]:
        """How far it is moved in its object: (x, y, z) in mm."""

    def rotation(self) -> tuple[float, float, float]:
        """The angles about the axes X, Y and Z, applied in that order, in radians."""

    def scaling_factor(self) -> tuple[float, float, float]:
        """The factors along the axes."""

    def mirror(self) -> tuple[float, float, float]:
        """1, or -1 where it is mirrored, along each axis."""

    def matrix(self) -> NDArray[float64]:
        """All of it as a numpy array of shape (4, 4) and type float64, for column vectors. Raises
        ImportError without numpy."""

    def facets_count(self) -> int:
        """How many triangles its mesh has."""

    def volume(self) -> float:
        """The volume of its mesh, before it is scaled, in mm³."""

    def bounding_box(self) -> BoundingBox:
        """The box around its mesh, in its own coordinates."""

    def is_manifold(self) -> bool:
        """Whether the surface of its mesh is closed."""

    def mesh(self) -> TriangleMesh:
        """Its mesh."""

    def mesh_errors_count(self) -> int:
        """How many errors of the mesh were repaired."""

    def is_fdm_support_painted(self) -> bool:
        """Whether supports are painted on it."""

    def is_seam_painted(self) -> bool:
        """Whether seams are painted on it."""

    def is_mm_painted(self) -> bool:
        """Whether colours are painted on it."""

    def is_fuzzy_skin_painted(self) -> bool:
        """Whether fuzzy skin is painted on it."""

    def config_keys(self) -> list[str]:
        """The names of the options that it sets itself."""

    def config_value(self, key: str) -> str | None:
        """The value of an option as a configuration file writes it; None when it does not set
        it."""

@final
class ModelInstance:
    """A copy of an object on a plate. A snapshot; may be used on any thread."""

    def id(self) -> int:
        """The number that stays the same while the instance exists."""

    @property
    def printable(self) -> bool:
        """Whether the user wants it printed."""

    def is_printable(self) -> bool:
        """Whether it will be printed: the user wants it, and it stands where it can be."""

    def offset(self) -> tuple[float, float, float]:
        """How far it is moved: (x, y, z) in mm."""

    def rotation(self) -> tuple[float, float, float]:
        """The angles about the axes X, Y and Z, applied in that order, in radians."""

    def scaling_factor(self) -> tuple[float, float, float]:
        """The factors along the axes."""

    def mirror(self) -> tuple[float, float, float]:
        """1, or -1 where it is mirrored, along each axis."""

    def matrix(self) -> NDArray[float64]:
        """All of it as a numpy array of shape (4, 4) and type float64, for column vectors:
        `instance.matrix() @ volume.matrix()` takes a vertex of a volume to the plate. Raises
        ImportError without numpy."""

    def is_left_handed(self) -> bool:
        """Whether it is mirrored, so that triangles are turned inside out."""

    def bounding_box(self) -> BoundingBox:
        """The box around it on the plate."""

@final
class Model:
    """The model on the plates, as it was when it was asked for. May be used on any thread."""

    def id(self) -> int:
        """The number of the model."""

    def object_count(self) -> int:
        """How many objects there are."""

    def objects(self) -> list[ModelObject]:
        """The objects."""

    def object(self, index: int) -> ModelObject:
        """One object. Raises IndexError."""

    def bounding_box(self) -> BoundingBox:
        """The box around all objects on the plates."""

    def bounding_box_approx(self) -> BoundingBox:
        """A box that holds all objects: quicker to find, and not always tight."""

    def max_z(self) -> float:
        """The height of the highest point in mm."""

    def material_count(self) -> int:
        """How many materials it has."""

    def is_fdm_support_painted(self) -> bool:
        """Whether supports are painted on any object."""

    def is_seam_painted(self) -> bool:
        """Whether seams are painted on any object."""

    def is_mm_painted(self) -> bool:
        """Whether colours are painted on any object."""

    def is_fuzzy_skin_painted(self) -> bool:
        """Whether fuzzy skin is painted on any object."""

    def current_plate_index(self) -> int:
        """The plate that the user sees, from 0."""

    def designer(self) -> str:
        """Who designed it; "" when nobody knows."""

    def design_id(self) -> str:
        """The number of the design on the pages it came from; "" for none."""

@final
class ModelObject:
    """An object. A snapshot; may be used on any thread."""

    def id(self) -> int:
        """The number that stays the same while the object exists."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def module_name(self) -> str:
        """The module it belongs to; "" for none."""

    @property
    def input_file(self) -> str:
        """The file it was read from; "" for none."""

    @property
    def printable(self) -> bool:
        """Whether the user wants it printed."""

    def instance_count(self) -> int:
        """How many copies there are."""

    def volume_count(self) -> int:
        """How many volumes there are."""

    def instances(self) -> list[ModelInstance]:
        """Its copies."""

    def instance(self, index: int) -> ModelInstance:
        """One copy. Raises IndexError."""

    def volumes(self) -> list[ModelVolume]:
        """Its volumes."""

    def volume(self, index: int) -> ModelVolume:
        """One volume. Raises IndexError."""

    def bounding_box(self) -> BoundingBox:
        """The box around all of its copies on the plates."""

    def raw_mesh_bounding_box(self) -> BoundingBox:
        """The box around the parts that are printed, in the object's own coordinates."""

    def min_z(self) -> float:
        """The height of the lowest point of its copies in mm."""

    def max_z(self) -> float:
        """The height of the highest point of its copies in mm."""

    def facets_count(self) -> int:
        """How many triangles the parts have that are printed."""

    def parts_count(self) -> int:
        """How many of its volumes are printed."""

    def materials_count(self) -> int:
        """How many extruders its volumes name."""

    def mesh_errors_count(self) -> int:
        """How many errors of its meshes were repaired."""

    def is_multiparts(self) -> bool:
        """Whether it has more than one volume."""

    def is_cut(self) -> bool:
        """Whether it is a piece of a cut object."""

    def has_custom_layering(self) -> bool:
        """Whether its layers have heights that the user drew."""

    def is_fdm_support_painted(self) -> bool:
        """Whether supports are painted on it."""

    def is_seam_painted(self) -> bool:
        """Whether seams are painted on it."""

    def is_mm_painted(self) -> bool:
        """Whether colours are painted on it."""

    def is_fuzzy_skin_painted(self) -> bool:
        """Whether fuzzy skin is painted on it."""

    def config_keys(self) -> list[str]:
        """The names of the options that it sets itself."""

    def config_value(self, key: str) -> str | None:
        """The value of an option as a configuration file writes it; None when it does not set
        it."""

@final
class Preset:
    """A preset, as it was when it was asked for. Read-only; may be used on any thread."""

    @property
    def type(self) -> PresetType:
        """What it is for, a PresetType."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def alias(self) -> str:
        """A shorter name for the user; "" for none."""

    @property
    def file(self) -> str:
        """The file it was read from; "" for none."""

    @property
    def is_default(self) -> bool:
        """Whether it is the one there is when there is no other."""

    @property
    def is_external(self) -> bool:
        """Whether it was opened from a file outside of the data folder."""

    @property
    def is_system(self) -> bool:
        """Whether it came with the application."""

    @property
    def is_visible(self) -> bool:
        """Whether the user sees it."""

    @property
    def is_dirty(self) -> bool:
        """Whether it has changes that are not saved."""

    @property
    def is_compatible(self) -> bool:
        """Whether it goes with the printer that is selected."""

    @property
    def is_project_embedded(self) -> bool:
        """Whether it belongs to the project that is open."""

    @property
    def bundle_id(self) -> str:
        """The bundle it belongs to; "" for none."""

    def is_user(self) -> bool:
        """Whether the user made it."""

    def is_from_bundle(self) -> bool:
        """Whether it belongs to a bundle."""

    def label(self, no_alias: bool = False) -> str:
        """The name as a list of presets shows it: the alias if there is one, with "* " before it
        when it has changes."""

    def config_keys(self) -> list[str]:
        """The names of its options."""

    def config_value(self, key: str) -> str | None:
        """The value of an option as a configuration file writes it; None when it has none of that
        name."""

@final
class PresetCollection:
    """The presets of one kind, as they were when they were asked for. May be used on any thread."""

    def size(self) -> int:
        """How many there are."""

    def __len__(self) -> int: ...

    def get_selected_preset(self) -> Preset | None:
        """The one that is selected, as it is saved."""

    def selected_preset(self) -> Preset | None:
        """The one that is selected, as it is saved."""

    def get_selected_preset_name(self) -> str:
        """The name of the one that is selected; "" for none."""

    def selected_preset_name(self) -> str:
        """The name of the one that is selected; "" for none."""

    def get_edited_preset(self) -> Preset | None:
        """The one that is selected, with the changes that the user has made since."""

    def edited_preset(self) -> Preset | None:
        """The one that is selected, with the changes that the user has made since."""

    def preset(self, index: int) -> Preset:
        """One of them. Raises IndexError."""

    def find_preset(self, name: str) -> Preset | None:
        """The preset of that name, or None."""

    def preset_names(self) -> list[str]:
        """The names of all of them."""

@final
class PresetBundle:
    """All presets, as they were when they were asked for. May be used on any thread."""

    @property
    def prints(self) -> PresetCollection:
        """How to print, with filament."""

    @property
    def printers(self) -> PresetCollection:
        """The printers."""

    @property
    def filaments(self) -> PresetCollection:
        """The filaments."""

    @property
    def sla_prints(self) -> PresetCollection:
        """How to print, with resin."""

    @property
    def sla_materials(self) -> PresetCollection:
        """The resins."""

    def current_process_preset(self) -> Preset | None:
        """How to print, with the changes that the user has made."""

    def current_print_preset(self) -> Preset | None:
        """How to print, with the changes that the user has made."""

    def current_printer_preset(self) -> Preset | None:
        """The printer, with the changes that the user has made."""

    def current_filament_preset_names(self) -> list[str]:
        """The names of the filaments in use, one for each extruder."""

    def current_filament_presets(self) -> list[Preset | None]:
        """The filaments in use, one for each extruder; None for one that is missing."""

    def full_config_keys(self) -> list[str]:
        """The names of the options of everything that is selected, together."""

    def full_config_value(self, key: str) -> str | None:
        """The value of an option of what is selected; None when nothing has it."""

@final
class Plater:
    """What is open in the application. Each method asks it anew, on its main thread."""

    def model(self) -> Model:
        """The model on the plates, as it is now."""

    def is_project_dirty(self) -> bool:
        """Whether the project has changes that are not saved."""

    def is_presets_dirty(self) -> bool:
        """Whether a preset has changes that are not saved."""

    def inside_snapshot_capture(self) -> bool:
        """Whether the application is just taking a snapshot for undo."""

def model() -> Model:
    """The model on the plates, as it is now.

    Raises RuntimeError when the application has none. May be called on any thread."""

def preset_bundle() -> PresetBundle:
    """All presets, as they are now.

    Raises RuntimeError when the application has none. May be called on any thread."""

def plater() -> Plater:
    """What is open in the application.

    Raises RuntimeError when the application has no plater. May be called on any thread."""

def app_language() -> str:
    """The language of the application, such as "de_DE".

    Raises RuntimeError without an application. May be called on any thread."""

def reload_local_bundle(bundle_id: str) -> bool:
    """Reads a local bundle of presets again after its files changed. False when there is none of
    that name.

    Raises RuntimeError without an application, or when it refuses. May be called on any thread."""

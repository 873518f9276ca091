//! Why a wheel cannot be unpacked safely.

use crate::{MAX_DIRECTORY_BYTES, MAX_FOLDED_BYTES, MAX_MEMBERS, MAX_UNPACKED_BYTES, NameFault};
use std::error::Error;
use std::io;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The bytes are not a zip archive, or not a whole one.
    #[error("The wheel is no zip archive or is cut off: build or download it again")]
    NotZip {
        /// What the reader of zip archives says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The archive has more members than [`MAX_MEMBERS`], or a directory above [`MAX_DIRECTORY_BYTES`].
    #[error(
        "The wheel has {members} members and a directory of {bytes} bytes, above the limits of {MAX_MEMBERS} and {MAX_DIRECTORY_BYTES}: split it"
    )]
    TooManyMembers {
        /// How many members the directory declares.
        members: u64,
        /// The size of the directory.
        bytes: u64,
    },
    /// The members are larger than [`MAX_UNPACKED_BYTES`].
    #[error("The wheel unpacks to {bytes} bytes or more, above the limit of {MAX_UNPACKED_BYTES}: split it")]
    TooLarge {
        /// The size of the members up to the one that goes beyond the limit.
        bytes: u64,
    },
    /// The name of a member could leave the folder it is unpacked to, or means different things on different systems.
    #[error("The member `{name}` of the wheel has an unsafe name, {fault}: rename it")]
    UnsafeName {
        /// The name, with other bytes than UTF-8 replaced.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// Two members would be one file, here or on a system that ignores case, or a file is another one's folder.
    #[error(
        "The members `{first}` and `{second}` of the wheel are in each other's way: rename or remove one"
    )]
    Twins {
        /// The one that comes first.
        first: String,
        /// The other one.
        second: String,
    },
    /// The names have more letters beyond ASCII than [`MAX_FOLDED_BYTES`].
    #[error(
        "The names in the wheel have more than {MAX_FOLDED_BYTES} bytes of letters beyond ASCII: use letters of ASCII for most"
    )]
    TooManyLetters,
    /// The directory lists one name more than once.
    #[error("Two members of the wheel have the same name: build it again")]
    Duplicates,
    /// A member is encrypted.
    #[error("The member `{name}` of the wheel is encrypted: build it without a password")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A member is a symbolic link, a device or a pipe.
    #[error("The member `{name}` of the wheel is a link or a device: replace it by a file")]
    Special {
        /// The member.
        name: String,
    },
    /// A member is packed by another method than those of wheels, stored and deflated.
    #[error("The member `{name}` of the wheel is packed by the method {method}: build it with deflate")]
    Method {
        /// The member.
        name: String,
        /// The method's name.
        method: String,
    },
    /// A member cannot be unpacked, or what it is unpacked to can't be written.
    #[error("The member `{name}` of the wheel can't be unpacked")]
    Unpack {
        /// The member.
        name: String,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A member has another size than the directory says.
    #[error(
        "The member `{name}` of the wheel does not have the {size} bytes it declares: build the wheel again"
    )]
    Size {
        /// The member.
        name: String,
        /// The declared size.
        size: u64,
    },
}

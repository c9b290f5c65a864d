//! C2SP tiles: a log's Merkle tree in pieces of 256 hashes that never change once they are full.

use crate::log::frontier::{Frontier, Hash};

/// Hashes in a full tile: the tree is cut every eight levels.
pub(crate) const WIDTH: u64 = 256;
/// Levels of tiles that a tree of 2^63 leaves has.
pub(super) const LEVELS_MAX: i32 = 8;

/// A full tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    /// 0: leaf hashes; n: roots of the tiles of level n − 1.
    pub(crate) level: i32,
    /// Place in its level.
    pub(crate) index: u64,
    /// Root over its hashes: one hash of the level above.
    pub(crate) root: Hash,
    /// Its hashes, 32 bytes each.
    pub(crate) hashes: Vec<u8>,
}

impl Tile {
    /// The tile with these hashes.
    pub(crate) fn new(level: i32, index: u64, hashes: &[Hash]) -> Self {
        // The roots of perfect subtrees combine as leaf hashes do.
        let mut tree = Frontier::default();
        for hash in hashes {
            tree.push(*hash);
        }
        Self { level, index, root: tree.root(), hashes: hashes.concat() }
    }
}

/// The full tiles that can be made of hashes that begin at tile `first` of `level`.
pub(crate) fn full(level: i32, first: u64, hashes: &[Hash]) -> impl Iterator<Item = Tile> {
    let width = usize::try_from(WIDTH).unwrap_or(usize::MAX);
    hashes.chunks_exact(width).zip(first..).map(move |(hashes, index)| Tile::new(level, index, hashes))
}

#[cfg(test)]
mod tests {
    use tlog_tiles::{
        Tile as TheirTile,
        tlog::{Hash as TheirHash, HashReader, stored_hash_index, stored_hashes_for_record_hash},
    };

    use super::*;
    use crate::log::frontier::leaf_hash;

    struct Stored(Vec<TheirHash>);

    impl HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<TheirHash>, tlog_tiles::Error> {
            Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
        }
    }

    /// Two levels of tiles, against a library that is not ours.
    #[test]
    fn tiles_are_those_of_another_implementation() {
        let leaves: Vec<Hash> = (0..WIDTH * WIDTH + 700).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut stored = Stored(Vec::new());
        for (n, leaf) in (0..).zip(&leaves) {
            stored.0.extend(stored_hashes_for_record_hash(n, TheirHash(*leaf), &stored).unwrap());
        }

        let level_0: Vec<Tile> = full(0, 0, &leaves).collect();
        let roots: Vec<Hash> = level_0.iter().map(|tile| tile.root).collect();
        let level_1: Vec<Tile> = full(1, 0, &roots).collect();

        assert_eq!((level_0.len(), level_1.len()), (258, 1));
        for tile in level_0.iter().chain(&level_1) {
            let level = u8::try_from(tile.level).unwrap();
            let theirs = TheirTile::new(8, level, tile.index, 256, false).read_data(&stored).unwrap();
            assert_eq!(tile.hashes, theirs);
            let root = stored_hash_index((level + 1) * 8, tile.index);
            assert_eq!(stored.0[usize::try_from(root).unwrap()].0, tile.root);
        }
    }
}

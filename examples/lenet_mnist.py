"""Train LeNet on 4,000 images of MNIST, and test it on 1,000:  python examples/lenet_mnist.py"""

import numpy as np

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F
from pygrad.data import DataLoader, ratio_split


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, padding="same")
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 24, 5)
        self.norm2 = nn.BatchNorm2d(24)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.3)
        self.fc1 = nn.Linear(24 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.norm1(self.conv1(x.reshape(-1, 1, 28, 28)))))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        x = F.relu(self.fc1(self.dropout(x.reshape(len(x), 600))))
        return self.fc2(x)


pygrad.seed(0)
rng = np.random.default_rng(0)
train, test = ratio_split(data.datasets.mnist_5k(), 0.8, 0.2)
model = LeNet()
optimizer = nn.optim.Adam(model.params(), lr=2e-3)
epochs = 10

for epoch in range(epochs):
    optimizer.lr = 1e-3 * (1 + np.cos(np.pi * epoch / epochs))  # from 2e-3 down to 0
    for images, labels in DataLoader(train, 50):
        # moved by up to two pixels: a digit stays what it is
        images = np.roll(images.reshape(-1, 28, 28), rng.integers(-2, 3, 2), axis=(1, 2))
        loss = F.softmax_cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.eval()
images, labels = test[:]
with no_grad():
    predicted = model(images).data.argmax(axis=1)
print(f"test accuracy: {np.mean(predicted == labels):.1%}")
